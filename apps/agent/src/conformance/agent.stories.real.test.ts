import { playOnAgent } from '../../testing/play-on-agent.ts';

playOnAgent('real', ['stories']);
