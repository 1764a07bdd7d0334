/**
 * Makes a world that breaks a promise as small as it can be with the same promise still broken: what is left is what it
 * takes. Greedy, one change at a time, until no change helps.
 */
import type { Simulate, Simulated } from './simulate.ts';
import { GOOD_AGENT, type WorldPlan } from './world-plan.ts';

/** Gives the smallest failing world that was found; the one that was given, when nothing can be left out. */
export async function minimise(simulate: Simulate, failing: Simulated): Promise<Simulated> {
  let smallest = failing;
  for (let next: Simulated | null = failing; next !== null;) {
    smallest = next;
    next = await firstFailing(simulate, smallest);
  }
  return smallest;
}

async function firstFailing(simulate: Simulate, { plan, violation }: Simulated): Promise<Simulated | null> {
  for (const simpler of simplerPlans(plan)) {
    const simulated = await simulate(simpler);
    if (simulated.violation?.property === violation?.property) return simulated;
  }
  return null;
}

/** Every plan that is simpler in one way, the greatest step first. */
function* simplerPlans(plan: WorldPlan): Iterable<WorldPlan> {
  if (plan.tickets.length > 1) yield { ...plan, tickets: plan.tickets.slice(0, -1) };
  for (const index of plan.faults.keys()) yield { ...plan, faults: plan.faults.toSpliced(index, 1) };
  for (const [index, agent] of plan.agents.entries()) {
    if (agent !== GOOD_AGENT) yield { ...plan, agents: plan.agents.with(index, GOOD_AGENT) };
  }
  for (const [index, ticket] of plan.tickets.entries()) {
    if (ticket.deps.length > 0)
      yield { ...plan, tickets: plan.tickets.with(index, { ...ticket, deps: ticket.deps.slice(1) }) };
  }
  if (plan.workers > 1) yield { ...plan, workers: plan.workers - 1 };
  if (plan.attemptsMax > 1) yield { ...plan, attemptsMax: 1 };
  if (plan.dispatchesMax > 0) yield { ...plan, dispatchesMax: 0 };
}
