import { isDeepStrictEqual } from 'node:util';
import { type Command, type CommandResult, dispatch, type HaproxySettings } from '@limpet/contract';
import {
  createHaproxyRouter,
  type HaproxyRouter,
  haproxySettingsOf,
  noActivity,
  type RouterActivity,
  RouterError,
  type RouterLocation,
  type RouterSettings,
  type RuleStep,
  sumOf,
} from '@limpet/router';

/** What a router does beside what HAProxy is told. */
export type RouterBehaviour = Partial<Omit<RouterSettings, keyof HaproxySettings>>;

/**
 * The router of this process. What HAProxy is told is fixed when a router is opened, so other settings need another one.
 * That disturbs no traffic: it is as if the process had been restarted. Commands that wait meanwhile go to the new one.
 */
export class OpenRouter {
  readonly location: RouterLocation;
  readonly #behaviour: RouterBehaviour;
  readonly #observe: (step: RuleStep) => void;
  #router: HaproxyRouter;
  #settings: HaproxySettings;
  #opening: Promise<unknown> = Promise.resolve();
  /** What the routers before this one have done. */
  #before = noActivity();

  private constructor(
    location: RouterLocation,
    behaviour: RouterBehaviour,
    observe: (step: RuleStep) => void,
    settings: HaproxySettings,
    router: HaproxyRouter,
  ) {
    this.location = location;
    this.#behaviour = behaviour;
    this.#observe = observe;
    this.#settings = settings;
    this.#router = router;
  }

  /**
   * @param observe told what happens to rules
   * @throws RouterError as `createHaproxyRouter`
   */
  static async open(
    location: RouterLocation,
    settings: HaproxySettings,
    behaviour: RouterBehaviour,
    observe: (step: RuleStep) => void = () => {},
  ): Promise<OpenRouter> {
    const router = await createHaproxyRouter({ ...location, settings: { ...settings, ...behaviour }, observe });
    return new OpenRouter(location, behaviour, observe, haproxySettingsOf(settings), router);
  }

  /** The router as it is now; another one after `use`. */
  get current(): HaproxyRouter {
    return this.#router;
  }

  /** What HAProxy is told. */
  get settings(): HaproxySettings {
    return this.#settings;
  }

  /** What was done to HAProxy since this process began. */
  activity(): RouterActivity {
    return sumOf(this.#before, this.#router.activity());
  }

  /** Sends a command, and resolves when it is in force or refused. @throws RouterError `ROUTER_CLOSED` after `detach` */
  async send(command: Command): Promise<CommandResult> {
    for (;;) {
      const router = this.#router;
      try {
        return await dispatch(router, command);
      } catch (error) {
        if (!(error instanceof RouterError && error.code === 'ROUTER_CLOSED')) throw error;
        await this.#opening.catch(() => {});
        if (router === this.#router) throw error;
      }
    }
  }

  /** Whether these settings are those that HAProxy is told. */
  isTold(settings: HaproxySettings): boolean {
    return isDeepStrictEqual(haproxySettingsOf(settings), this.#settings);
  }

  /**
   * Tells HAProxy these settings from now on. Calls must not overlap.
   *
   * @throws RouterError `ROUTER_SETTINGS_INVALID`; the former settings stay
   */
  async use(settings: HaproxySettings): Promise<void> {
    if (this.isTold(settings)) return;
    const told = haproxySettingsOf(settings);
    const former = this.#settings;
    this.#opening = this.#reopen(told).catch(async (error: unknown) => {
      await this.#reopen(former);
      throw error;
    });
    await this.#opening;
  }

  /** Waits until the router is idle, and leaves HAProxy and iptables as they are. */
  detach(): Promise<void> {
    return this.#router.detach();
  }

  async #reopen(settings: HaproxySettings): Promise<void> {
    const before = this.activity();
    this.#router = await createHaproxyRouter({
      ...this.location,
      settings: { ...settings, ...this.#behaviour },
      observe: this.#observe,
    });
    this.#before = before;
    this.#settings = settings;
  }
}
