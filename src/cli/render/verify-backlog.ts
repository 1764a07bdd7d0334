/**
 * The verdict on a backlog, for a person: what was tried and how much of it, what can never start, and what was found step by
 * step.
 */
import type { BacklogVerdict } from '../backlog-verdict.ts';
import { junitXml } from './junit-xml.ts';
import { counted, left, oneLine, wrap, type Colors } from './text.ts';
import { findingLines } from './verify-findings.ts';
import { counts, seconds } from './verify-words.ts';

/** How a verdict is drawn. */
export interface BacklogVerdictStyle {
  readonly width: number;
  readonly colors: Colors;
}

/** Draws a verdict. */
export function renderBacklogVerdict(
  verdict: BacklogVerdict,
  { width, colors }: BacklogVerdictStyle,
): string {
  const { totals, limits, counterexample, seed, budget } = verdict;
  const row = (title: string, text: string): readonly string[] =>
    wrap(text, Math.max(width - LABEL, LABEL)).map(
      (part, index) => left(index === 0 ? title : '', LABEL) + part,
    );
  const found =
    counterexample === null
      ? []
      : [
          '',
          colors.red(`${counterexample.property} does not hold: ${oneLine(counterexample.message)}`),
          ...lastSteps(findingLines(counterexample, width)),
          '',
          `To repeat: ralph-actors verify --backlog --seed ${seed} --budget ${budget}`,
        ];
  return `${[
    ...row('backlog', `${counted(totals.eligible, 'ticket')} to do${others(totals)}`),
    ...row('limits', limitsIn(limits)),
    ...coverage(verdict).flatMap(([title, text]) => row(title, text)),
    ...never(verdict).flatMap(([title, text]) => row(title, text)),
    ...found,
    '',
    conclusion(verdict),
  ].join('\n')}\n`;
}

const LABEL = 12;

/** A walk that could not be made shorter is told by its end. */
function lastSteps(lines: readonly string[]): readonly string[] {
  if (lines.length <= LINES_MAX) return lines;
  return [
    `  … ${counts(lines.length - LINES_MAX)} lines before: --json tells all`,
    ...lines.slice(-LINES_MAX),
  ];
}

const LINES_MAX = 100;

/** Renders a verdict as JUnit XML: one test case. */
export function backlogJunit(verdict: BacklogVerdict): string {
  const { counterexample, tookMs } = verdict;
  return junitXml([
    {
      group: 'backlog',
      name: conclusion(verdict),
      tookMs,
      problem:
        counterexample === null
          ? null
          : {
              verdict: 'violation',
              message: `${counterexample.property} does not hold: ${counterexample.message}`,
            },
      lines: counterexample === null ? [] : findingLines(counterexample, Number.POSITIVE_INFINITY),
    },
  ]);
}

/** Renders the diagram of what was found, as Markdown. */
export function backlogDiagram({ counterexample }: BacklogVerdict): string {
  if (counterexample === null) return 'Nothing was found.\n';
  const { property, message, mermaid } = counterexample;
  return `## backlog\n\n${property}: ${message}\n\n\`\`\`mermaid\n${mermaid}\n\`\`\`\n`;
}

function others({ closed, blocked, excluded }: BacklogVerdict['totals']): string {
  const parts = [
    ...(closed > 0 ? [`${closed} closed`] : []),
    ...(blocked > 0 ? [`${blocked} that can never start`] : []),
    ...(excluded > 0 ? [`${excluded} left out`] : []),
  ];
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}

function limitsIn({ workers, attemptsMax, dispatchesMax }: BacklogVerdict['limits']): string {
  const budget =
    dispatchesMax === 0 ? 'no limit of sessions' : `${counted(dispatchesMax, 'session')} in a run`;
  return `${counted(workers, 'worker')}, ${counted(attemptsMax, 'attempt')} a ticket, ${budget}`;
}

type Row = readonly [title: string, text: string];

function coverage({ explored, walked, seed }: BacklogVerdict): readonly Row[] {
  if (explored !== null) {
    const { states, transitions, depth, seen, lives } = explored;
    const told =
      lives === 'full' ? 'every report of a session' : 'the reports of a session that a decision depends on';
    return [
      [
        'explored',
        `${counts(states)} states, ${counts(transitions)} transitions, at most ${depth} steps; with ${told}`,
      ],
      ['seen', listed(seen)],
    ];
  }
  if (walked === null) return [];
  const { walks, steps, states, dispatched, landed, retried, failed, refusals, pairs, stops } = walked;
  return [
    [
      'walked',
      `${counted(walks, 'random run')} to the end (seed ${seed}), ${counts(steps)} steps, ${counts(states)} states`,
    ],
    [
      'tickets',
      `${dispatched} dispatched, ${landed} landed, ${retried} retried, ${failed} failed in some run`,
    ],
    ['at once', `at most ${counted(walked.sessionsPeak, 'session')}, ${counted(walked.agentsPeak, 'agent')}`],
    ['refused', listed(Object.entries(refusals).map(([reason, times]) => `${reason} ${counts(times)}`))],
    [
      'pairs',
      `${counts(pairs.tried)} of ${counts(pairs.all)} pairs that share a component were tried at once and kept apart`,
    ],
    [
      'ended by',
      listed(Object.entries(stops).map(([reason, times]) => `${REASONS[reason] ?? reason} ${times}`)),
    ],
    ['seen', listed(walked.seen)],
  ];
}

const REASONS: Readonly<Record<string, string>> = {
  none: 'all worked off',
  budget: 'maxIterations spent',
  signal: 'a stop request',
  internalError: 'a breakdown',
};

function listed(parts: readonly string[]): string {
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function never({ blocked }: BacklogVerdict): readonly Row[] {
  const shown = blocked
    .slice(0, SHOWN_MAX)
    .map(({ ticket, reasons }): Row => ['never', `${ticket}: ${oneLine(reasons.join('; '))}`]);
  const hidden = blocked.length - shown.length;
  return hidden === 0 ? shown : [...shown, ['', `… and ${hidden} more: see ralph-actors plan`]];
}

const SHOWN_MAX = 10;

function conclusion({ verdict, method, walked, explored, tookMs }: BacklogVerdict): string {
  if (method === 'nothing') return 'nothing can be dispatched, so nothing was tried';
  const took = `in ${seconds(tookMs)}`;
  if (verdict === 'violation') return `something is wrong, found ${took}`;
  return method === 'exhaustive'
    ? `exhaustive: every promise is kept in all ${counts(explored?.states ?? 0)} states, ${took}`
    : `not exhaustive: no promise was broken in ${counted(walked?.walks ?? 0, 'random run')}, ${took}`;
}
