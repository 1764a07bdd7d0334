import type { AnyStateMachine, AnyStateNode } from 'xstate';

/**
 * Draws a statechart as a Mermaid state diagram: states with their nesting, transitions with event, guard and, where a
 * state has work to do, the actor it invokes. Drawn from the machine itself, so it cannot tell another story.
 */
export function mermaidOf(machine: AnyStateMachine): string {
  const lines = ['stateDiagram-v2'];
  drawChildren(machine.root, '  ', lines);
  const transitions = transitionsOf(machine.root);
  if (transitions.some((line) => line.startsWith(ANYWHERE))) lines.push(`  state "any state" as ${ANYWHERE}`);
  lines.push(...transitions.map((line) => `  ${line}`));
  return `${lines.join('\n')}\n`;
}

/** Where a transition of the machine itself begins. */
const ANYWHERE = 'anywhere';

/** A state's name as Mermaid wants it: its path below the machine, since names repeat in different parents. */
function nameOf(node: AnyStateNode): string {
  return node.path.join('_');
}

function drawChildren(parent: AnyStateNode, indent: string, lines: string[]): void {
  for (const node of Object.values(parent.states)) {
    const invoked = node.invoke.map(({ src }) => (typeof src === 'string' ? src : 'actor')).join(', ');
    const label = invoked === '' ? node.key : `${node.key} / ${invoked}`;
    if (Object.keys(node.states).length === 0) {
      lines.push(`${indent}state "${label}" as ${nameOf(node)}`);
    } else {
      lines.push(`${indent}state "${label}" as ${nameOf(node)} {`);
      drawChildren(node, `${indent}  `, lines);
      lines.push(`${indent}}`);
    }
  }
  const [initial] = parent.initial?.target ?? [];
  if (initial !== undefined) lines.push(`${indent}[*] --> ${nameOf(initial)}`);
}

function transitionsOf(node: AnyStateNode): string[] {
  const own = [...node.transitions.values()].flat().concat(node.always ?? []);
  const lines = own.flatMap((transition) =>
    (transition.target ?? []).map(
      (target) => `${nameOf(transition.source) || ANYWHERE} --> ${nameOf(target)}: ${labelOf(transition)}`,
    ),
  );
  const finals =
    node.type === 'final' && node.parent?.parent === undefined ? [`${nameOf(node)} --> [*]`] : [];
  return [...lines, ...finals, ...Object.values(node.states).flatMap(transitionsOf)];
}

function labelOf({ eventType, guard }: { readonly eventType: string; readonly guard?: unknown }): string {
  const guardName =
    typeof guard === 'string' ? guard : guard instanceof Object && 'type' in guard ? String(guard.type) : '';
  return `${eventName(eventType)}${guardName === '' ? '' : ` [${guardName}]`}`;
}

/** xstate's own event names, in the words of the chart. */
function eventName(type: string): string {
  if (type === '') return 'always';
  const after = /^xstate\.after\.(.+)\.\S*?$/.exec(type);
  if (after?.[1] !== undefined) return `after ${after[1].split('.')[0]}`;
  return type
    .replace(/^xstate\.done\.actor\./, 'done ')
    .replace(/^xstate\.error\.actor\./, 'error ')
    .replace(/^xstate\.done\.state\./, 'done ');
}

/** Puts the diagram of each machine between `<!-- diagram NAME -->` and `<!-- end -->` of a Markdown text. */
export function withDiagrams(markdown: string, machines: Readonly<Record<string, AnyStateMachine>>): string {
  return markdown.replaceAll(
    /(<!-- diagram (\S+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_whole, begin: string, name: string, end: string) => {
      const machine = machines[name];
      if (machine === undefined)
        throw new Error(`there is no machine "${name}" to draw: ${Object.keys(machines).join(', ')}`);
      return `${begin}\n\`\`\`mermaid\n${mermaidOf(machine)}\`\`\`\n\n${end}`;
    },
  );
}
