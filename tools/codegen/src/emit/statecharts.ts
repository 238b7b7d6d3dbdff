import { basename } from 'node:path';
import type { Edge, Machine, Model } from '../ir.ts';

/** Every machine as a Mermaid state diagram and a table. */
export function emitStatecharts(model: Model): string {
  return `<!-- DO NOT EDIT - maintained by tools/codegen -->
<!-- To change the statecharts, edit packages/model/src/statecharts and run: npx limpet generate -->

# Statecharts

An edge reads \`event [guard] / actions\`. Bold actions in the tables are commands to the router; a transition without a target keeps the state.
${model.machines.map(emitMachine).join('')}`;
}

function emitMachine(machine: Machine): string {
  return `
## ${machine.id}

Source: \`packages/model/src/statecharts/${basename(machine.file)}\`.

\`\`\`mermaid
stateDiagram-v2
  direction LR
  [*] --> ${machine.initial}
${arrows(machine).join('\n')}
${machine.states
  .filter((state) => state.final)
  .map((state) => `  ${state.name} --> [*]\n`)
  .join('')}\`\`\`

| from | event | guard | to | actions |
|---|---|---|---|---|
${machine.edges.map((edge) => row(edge, machine)).join('\n')}
`;
}

/** Mermaid draws one arrow a pair of states: the labels of the events between them are joined, or the picture is unreadable. */
function arrows(machine: Machine): string[] {
  const labels = new Map<string, string[]>();
  for (const edge of machine.edges) {
    const key = `${edge.source} --> ${edge.target ?? edge.source}`;
    const list = labels.get(key) ?? [];
    list.push(edge.guard === undefined ? edge.event : `${edge.event} [${edge.guard}]`);
    labels.set(key, list);
  }
  return [...labels].map(([key, list]) => `  ${key} : ${list.join('<br>')}`);
}

function row(edge: Edge, machine: Machine): string {
  const actions = edge.actions.map((action) => (machine.commands.includes(action) ? `**${action}**` : action));
  return `| ${edge.source} | ${edge.event} | ${edge.guard ?? ''} | ${edge.target ?? ''} | ${actions.join(', ')} |`;
}
