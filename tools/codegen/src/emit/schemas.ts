import type { Command, DataType, Field, Model, NamedType } from '../ir.ts';
import { camel, hang, header, pascal, quote } from './text.ts';
import { refs } from './types.ts';

/** zod schemas of records and commands: strict objects, with the limits that the JSDoc tags state. */
export function emitSchemas(model: Model): string {
  const records = sortByUse(model.records);
  const types = records.map((record) => record.name).sort();
  const commandTypes = model.commands.map((command) => pascal(command.name));
  return `${header('the schemas')}
import { z } from 'zod';
import type { Command, ${[...commandTypes].sort().join(', ')} } from './commands.generated.ts';
import type {
${types.map((name) => `  ${name},`).join('\n')}
} from './records.generated.ts';
import { uniqueBy } from './unique-by.ts';

${records.map((record) => emitRecord(record, model)).join('\n')}
${model.commands.map((command) => emitCommand(command, model)).join('\n')}
/** Schema of {@link Command}. */
export const commandSchema = z.discriminatedUnion('type', [${model.commands.map((command) => `${command.name}Schema`).join(', ')}]) satisfies z.ZodType<Command>;
`;
}

function emitRecord(record: NamedType, model: Model): string {
  return `/** Schema of {@link ${record.name}}. */
export const ${camel(record.name)}Schema = ${schemaText(record.type, model)} satisfies z.ZodType<${record.name}>;
`;
}

function emitCommand(command: Command, model: Model): string {
  return `/** Schema of {@link ${pascal(command.name)}}. */
export const ${command.name}Schema = ${objectText([{ name: 'type', type: { kind: 'enum', values: [command.name] }, optional: false, doc: '' }, ...command.fields], model)} satisfies z.ZodType<${pascal(command.name)}>;
`;
}

function schemaText(type: DataType, model: Model): string {
  switch (type.kind) {
    case 'ref':
      return `${camel(type.name)}Schema`;
    case 'object':
      return objectText(type.fields, model);
    case 'array': {
      const limit = type.maxItems === undefined ? '' : `.max(${type.maxItems})`;
      const unique = type.uniqueBy === undefined ? '' : `.check(uniqueBy(${type.uniqueBy.map(quote).join(', ')}))`;
      return `z.array(${schemaText(type.items, model)})${limit}${unique}`;
    }
    case 'string':
      return stringText(type);
    case 'integer':
      return `z.int().min(${type.minimum}).max(${type.maximum})`;
    case 'boolean':
      return 'z.boolean()';
    case 'enum':
      return type.values.length === 1
        ? `z.literal(${type.values.map(quote).join()})`
        : `z.enum([${type.values.map(quote).join(', ')}])`;
    case 'union': {
      const variants = type.variants.map((variant) => schemaText(variant, model)).join(', ');
      const tag = discriminator(type.variants, model);
      return tag === undefined ? `z.union([${variants}])` : `z.discriminatedUnion(${quote(tag)}, [${variants}])`;
    }
  }
}

function stringText(type: DataType & { kind: 'string' }): string {
  const pattern = type.pattern === undefined ? '' : `.regex(/${type.pattern.replaceAll('/', '\\/')}/)`;
  switch (type.format) {
    case undefined:
      return `z.string()${pattern}`;
    case 'date-time':
      return `z.iso.datetime()${pattern}`;
    default:
      return `z.${type.format}()${pattern}`;
  }
}

function objectText(fields: readonly Field[], model: Model): string {
  const lines = fields.map(
    (field) => `  ${field.name}: ${hang(schemaText(field.type, model), '  ')}${field.optional ? '.optional()' : ''},\n`,
  );
  return `z.strictObject({\n${lines.join('')}})`;
}

/** A property that is a different literal in each variant: with it an error names the field that is wrong, not the whole union. */
function discriminator(variants: readonly DataType[], model: Model): string | undefined {
  const objects = variants.map((variant) => resolve(variant, model));
  const [first] = objects;
  if (first?.kind !== 'object') return undefined;
  return first.fields
    .map((field) => field.name)
    .find((name) => {
      const values = objects.map((object) => {
        const field =
          object?.kind === 'object' ? object.fields.find((candidate) => candidate.name === name) : undefined;
        return field?.type.kind === 'enum' && field.type.values.length === 1 ? field.type.values[0] : undefined;
      });
      return values.every((value) => value !== undefined) && new Set(values).size === values.length;
    });
}

function resolve(type: DataType, model: Model): DataType | undefined {
  return type.kind === 'ref' ? model.records.find((record) => record.name === type.name)?.type : type;
}

/** Schemas are constants: one that uses another stands after it. */
function sortByUse(records: readonly NamedType[]): NamedType[] {
  const sorted: NamedType[] = [];
  const visit = (record: NamedType): void => {
    if (sorted.includes(record)) return;
    for (const name of refs(record.type)) {
      const used = records.find((candidate) => candidate.name === name);
      if (used !== undefined && used !== record) visit(used);
    }
    sorted.push(record);
  };
  records.forEach(visit);
  return sorted;
}
