#!/usr/bin/env node
/**
 * The program. What it imports before it knows what it is asked for, every command waits for: so it imports nothing.
 */
const args = process.argv.slice(2);
const [first = ''] = args;

if (args.length === 1 && (first === '--version' || first === '-V')) {
  const { VERSION } = await import('../orchestrator/version.ts');
  process.stdout.write(`${VERSION}\n`);
} else {
  const { main } = await import('./program-process.ts');
  await main(args);
}
