import type { Workspace } from './workspace.ts';

const quietMs = 300;
const mostMs = 3_000;
/** A fill that is under way is let end first, if it does so soon. */
const mostWhileFillingMs = 15_000;

/**
 * Beginning anew with a workspace costs the more the larger it is, so edits that come one upon the other are taken up
 * together: when no more came for a moment.
 */
export class Gathering {
  readonly #edits = new Map<number, { version: number; firstAt: number; lastAt: number }>();

  /** Whether to go on as it is for now, though something else is wanted. `tick`: by the clock that only runs on. */
  isOpen(workspace: Workspace, wanted: number, tick: number): boolean {
    let known = this.#edits.get(workspace.id);
    if (!known || known.firstAt < workspace.openedTick) {
      known = { version: wanted, firstAt: tick, lastAt: tick };
      this.#edits.set(workspace.id, known);
    }
    if (known.version !== wanted) {
      known.version = wanted;
      known.lastAt = tick;
    }
    const isFilling = workspace.editions.some((one) => one.state === 'filling' && one.error === null);
    if (isFilling && tick - known.firstAt < mostWhileFillingMs) return true;
    if (tick - known.lastAt < quietMs && tick - known.firstAt < mostMs) return true;
    this.#edits.delete(workspace.id);
    return false;
  }
}
