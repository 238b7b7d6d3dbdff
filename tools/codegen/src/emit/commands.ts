import type { Command, Model } from '../ir.ts';
import { header, jsDoc, pascal } from './text.ts';
import { memberLines, refs } from './types.ts';

/** The command types and their union. */
export function emitCommands(model: Model): string {
  const imports = [
    ...new Set(model.commands.flatMap((command) => command.fields.flatMap((field) => refs(field.type)))),
  ].sort();
  return `${header('the commands')}
${imports.length === 0 ? '' : `import type { ${imports.join(', ')} } from './records.generated.ts';\n\n`}${model.commands.map(emitCommand).join('\n')}
/** Everything that a router can be asked to do. */
export type Command = ${model.commands.map((command) => pascal(command.name)).join(' | ')};
`;
}

function emitCommand(command: Command): string {
  return `${jsDoc(command.doc)}export interface ${pascal(command.name)} {
  type: '${command.name}';
${memberLines(command.fields)}}
`;
}
