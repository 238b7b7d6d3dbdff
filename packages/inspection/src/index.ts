/**
 * XState machines as plain data to draw, and the versioned feed of what runs of them did.
 *
 * @module
 */
export { documentSchema, type InspectionDocument, type Mutant } from './document.ts';
export type { Hello, Position } from './feed/event-stream.ts';
export { lastEventIdPattern } from './feed/event-stream.ts';
export { activeStates, inspectActors } from './feed/inspect-actors.ts';
export { type Body, FEED_VERSION, type Kind, type Message, messageSchema, parseMessage } from './feed/messages.ts';
export { type Json, plainEvent, plainJson } from './feed/plain-json.ts';
export { createRecorder, type Page, type Recorded, type Recorder, type RecorderOptions } from './feed/recorder.ts';
export { type ServeOptions, type Sink, serveFeed } from './feed/serve-feed.ts';
export {
  type DescribeOptions,
  describeMachine,
  enabledTransitions,
  isMachine,
  transitionIds,
} from './machine/describe-machine.ts';
export {
  type ActionDescription,
  type MachineDescription,
  machineSchema,
  type StateDescription,
  type TransitionDescription,
  type Trigger,
} from './machine/description.ts';
export { PAGE_HEADERS, type PageFile, RUN_HEADER, type RunKind } from './page/page-file.ts';
export { createPlayer, type Player, type PlayOptions } from './play/create-player.ts';
export { createStatelyAdapter, type StatelyMessage } from './stately/stately-messages.ts';
