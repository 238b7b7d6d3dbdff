import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@limpet/data-plane';
import { parseRules, readDatabag, type SettingsPatch, type Source, withSettings } from '@limpet/operations';
import type { AgentConfig } from '../config/config-schema.ts';
import { apiInput } from './api-input.ts';
import { fileInput } from './file-input.ts';
import type { Input, InputSink } from './input.ts';

/** Milliseconds in which whoever writes a rules file in place goes on. */
const restMs = 100;

/** The input that the configuration names. */
export function createInput({ input, haproxy }: AgentConfig, clock: Pick<Clock, 'after'>, sink: InputSink): Input {
  if (input.kind === 'api') return apiInput();
  const { kind, path } = input;
  const parse = kind === 'file' ? readRulesFile : readDatabag;
  // The first lines of a rules file are a rules file, with fewer rules; those of a databag are no JSON.
  const rest = kind === 'file' ? { rest: () => sleep(restMs) } : {};
  const read = (text: string, source: string): Source => withSettings(parse(text, source), patchesOf(haproxy));
  return fileInput({ path, parse: read, ...rest }, clock, sink);
}

/** A unit of systemd says who HAProxy runs as, and may lack the right to become somebody else. */
const identityOfUnit: SettingsPatch = { user: null, group: null, chroot: null };

/** The settings of the agent's configuration, which count before those of the input. */
export const patchesOf = ({ settings, unit }: AgentConfig['haproxy']): SettingsPatch[] => [
  ...(unit === undefined ? [] : [identityOfUnit]),
  ...(settings ? [settings] : []),
];

const readRulesFile = (text: string, source: string): Source => ({
  ...parseRules(text, source),
  unreadable: [],
  notCarriedOut: [],
});
