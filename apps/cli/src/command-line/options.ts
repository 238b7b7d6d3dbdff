import { isIPv4 } from 'node:net';
import { binaryVariable } from '@limpet/haproxy/binary';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CliError } from '../errors.ts';

/**
 * Parses an option's whole number from 1 to 999,999,999.
 *
 * @throws InvalidArgumentError
 */
export function positiveInteger(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 on.');
}

/** A parser of whole numbers from `least` to `most`; it throws InvalidArgumentError for anything else. */
export const integerWithin =
  (least: number, most: number) =>
  (text: string): number => {
    const value = positiveInteger(text);
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };

/**
 * Parses an IPv4 address, and adds it to those that were given before.
 *
 * @throws InvalidArgumentError
 */
export function publicAddress(text: string, before: readonly string[] = []): string[] {
  if (isIPv4(text) && text !== '0.0.0.0') return [...before, text];
  throw new InvalidArgumentError('It must be an IPv4 address of the router, such as 10.0.53.2; 0.0.0.0 is none.');
}

/**
 * Refuses options beside one that already determines their values.
 *
 * @throws CliError `USAGE` that names the first of them
 */
export function refuseBeside(command: Command, option: string, why: string, others: readonly string[]): void {
  const given = command.options.find(
    (each) => others.includes(each.attributeName()) && command.getOptionValueSource(each.attributeName()) === 'cli',
  );
  if (given) throw new CliError('USAGE', `${option} ${why}; leave out ${given.long}`);
}

/**
 * Refuses an option or an argument without a value, as an unset variable of a shell gives it: `--dir ""` would be the
 * folder in which one is.
 *
 * @throws CliError `USAGE` that names it
 */
export function refuseEmpty(command: Command): void {
  const values: Record<string, unknown> = command.opts();
  const isEmpty = (value: unknown): boolean => value === '' || (Array.isArray(value) && value.includes(''));
  const option = command.options.find((each) => isEmpty(values[each.attributeName()]));
  const argument = command.registeredArguments[command.args.indexOf('')];
  const empty = option?.long ?? argument?.name();
  if (empty !== undefined) throw new CliError('USAGE', `${empty} is empty; give it a value, or leave it out`);
}

/** `-o`, of every command that prints a result. */
export const outputOption = (): Option =>
  new Option('-o, --output <format>', 'print the result as JSON, for scripts, or as a table')
    .choices(['json', 'table'])
    .default('table');

/** `--haproxy`, of the commands that run or ask HAProxy. */
export const haproxyOption = (): Option =>
  new Option('--haproxy <path>', `the HAProxy to run (default: $${binaryVariable}, or haproxy on the PATH)`);

/** `--haproxy-version`, of the commands that run the HAProxy in memory. */
export const haproxyVersionOption = (): Option =>
  new Option('--haproxy-version <version>', 'the version of the HAProxy in memory, such as 2.4.24 (default: 2.6.12)');

/** Makes the HAProxy of `--haproxy`, or of an agent's configuration, that of this process, and of those that it starts. */
export function chooseHaproxy({ haproxy }: { haproxy?: string | undefined }): void {
  if (haproxy !== undefined) process.env[binaryVariable] = haproxy;
}

/** `--record`, of the commands that play scenarios. */
export const recordOption = (): Option =>
  new Option(
    '--record <file>',
    'write what happened, for limpet inspect; of several runs the one with most changes not in force',
  );

/** `--router`, of the commands that simulate. */
export const routerOption = (): Option =>
  new Option('--router <router>', 'the router that drives the data plane')
    .choices(['cloudstack', 'haproxy', 'memory'])
    .default('haproxy', "haproxy: Limpet's own");

/** `--data-plane`; the default depends on the router. */
export const dataPlaneOption = (): Option =>
  new Option(
    '--data-plane <kind>',
    'a real HAProxy in a sandbox, or one in memory (default: real; with --router memory, memory)',
  ).choices(['real', 'memory']);
