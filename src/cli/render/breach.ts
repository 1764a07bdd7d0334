import { describeBreach, type Breach } from '../../domain/run-judge.ts';
import { oneLine } from './text.ts';

/** Says that a run broke a promise, whose fault it is, and what to send to whom. Ends in a line break. */
export function breachText(breach: Breach, journal: string): string {
  const lines = [
    `a promise of this program was broken: ${oneLine(describeBreach(breach))}`,
    breach.mayBeTheSystem === true
      ? 'Either the system would not let a process of an agent be ended, for example one that hangs on a disk: end it by hand, then run again. Or it is a bug of ralph-actors.'
      : 'This is a bug of ralph-actors, not of your tickets, your agents or your repository.',
    'Nothing more was started after it. What had landed has landed; other commits are on the branches that the report names.',
    `Please report it with the journal of this run: ${journal}`,
    'The journal holds titles of tickets, paths, and why sessions failed: read it before you send it.',
  ];
  return `ralph-actors: ${lines.join('\n  ')}\n`;
}
