import { ts } from 'ts-morph';
import { visit } from './syntax.ts';
import type { Source } from './workspaces.ts';

/** What a message can tell its reader to use. */
export interface Offered {
  /** Commands of `limpet`: `apply`. */
  commands: ReadonlySet<string>;
  /** Options of any command, without their dashes. */
  options: ReadonlySet<string>;
  /** Settings of a router, as a rules file, `--set` or an embedder gives them. */
  settings: ReadonlySet<string>;
}

/** Options of other programs, and whose. */
const OF_OTHERS: Readonly<Record<string, string>> = {
  privileged: 'docker run',
  dport: 'iptables',
  ctstate: 'iptables',
  state: 'iptables',
  'max-old-space-size': 'node',
  'no-install-recommends': 'apt-get',
};

/** The commands and options that texts of the command line define: `import('../commands/apply.ts')`, `'--dir <folder>'`. */
export function offeredBy(texts: readonly Source[]): Pick<Offered, 'commands' | 'options'> {
  const commands = new Set<string>(['help']);
  const options = new Set<string>(['help', 'version']);
  for (const { path, text } of texts)
    visit(path, text, (node) => {
      if (!ts.isStringLiteralLike(node)) return;
      for (const [, name] of node.text.matchAll(/^(?:-\w, )?--([a-z-]+)/g)) options.add(name!);
      // The implementation of each command has the command's name: it is loaded when the command is called.
      const [, name] = /^\.\.\/commands\/(?:[a-z]+\/)?([a-z]+)\.ts$/.exec(node.text) ?? [];
      if (name !== undefined) commands.add(name);
    });
  return { commands, options };
}

/** Names of all fields that these texts declare: keys of interfaces, and of objects such as schemas. */
export function fieldsIn(texts: readonly Source[]): ReadonlySet<string> {
  const fields = new Set<string>();
  for (const { path, text } of texts)
    visit(path, text, (node) => {
      const isField =
        ts.isPropertySignature(node) || ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node);
      if (isField) fields.add(node.name.getText());
    });
  return fields;
}

/** What messages of these sources name and nobody offers, as `file:line --name`. A message is a text with a blank in it. */
export function missingRemedies(sources: readonly Source[], { commands, options, settings }: Offered): string[] {
  const missing: string[] = [];
  for (const { path, text } of sources)
    visit(path, text, (node, lineOf) => {
      if (!isText(node) || !/\S \S/.test(node.text)) return;
      const say = (what: string) => missing.push(`${path}:${lineOf(node)} ${what}`);
      for (const [, name] of node.text.matchAll(/(?<![\w-])--([a-z][a-z-]+)/g))
        if (!options.has(name!) && !(name! in OF_OTHERS)) say(`--${name}`);
      for (const [, name] of node.text.matchAll(/\blimpet ([a-z]+)/g)) if (!commands.has(name!)) say(`limpet ${name}`);
      for (const [, name] of node.text.matchAll(/(?:router's|settings?:?|--set) ([a-z]+[A-Z]\w*)/g))
        if (!settings.has(name!)) say(`setting ${name}`);
    });
  return missing;
}

type Text = ts.StringLiteralLike | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail;

const isText = (node: ts.Node): node is Text =>
  ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node);
