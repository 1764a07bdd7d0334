import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase } from 'vitest/node';

import { renderReliability, type NightFound } from './reliability.ts';

/** Collects what the nights came to, says it in one line, and writes the page where one is asked for. */
export class NightReporter implements Reporter {
  readonly #nights: NightFound[] = [];

  onTestCaseResult(test: TestCase): void {
    const { night } = test.meta();
    if (night !== undefined) this.#nights.push(night);
  }

  onTestRunEnd(): void {
    const faults = new Set(this.#nights.map(({ fault }) => fault));
    process.stdout.write(`${faults.size} faults, ${this.#nights.length} nights\n`);
    const page = process.env['FAULT_PAGE'];
    if (page !== undefined) writeFileSync(page, renderReliability(this.#nights));
  }
}
