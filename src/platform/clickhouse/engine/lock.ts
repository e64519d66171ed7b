import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

interface Holder {
  pid: number;
  parentPid: number;
}

const orphanPatienceMs = 3_000;

/**
 * Takes the folder for this process. A living program's engine has it: throws a sentence that names the process.
 * An engine whose program was killed has it: waits until it has gone, and ends it when it does not go by itself.
 * (chDB has a lock of its own below this one, so two engines can never write the same folder; it only cannot say why.)
 */
export async function lockFolder(lockPath: string, folder: string): Promise<void> {
  const claim = JSON.stringify({ pid: process.pid, parentPid: process.ppid } satisfies Holder);
  for (let waitedMs = 0; ; waitedMs += 50) {
    try {
      writeFileSync(lockPath, claim, { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = readHolder(lockPath);
    const parent = holder ? engineParent(holder.pid, folder) : undefined;
    // Without a holder it may be just about to be written.
    if (parent === null || (!holder && waitedMs >= 1_000)) {
      rmSync(lockPath, { force: true });
    } else if (holder && parent === holder.parentPid) {
      throw new Error(
        `The folder ${folder} is in use by process ${holder.parentPid} (its ClickHouse is process ${holder.pid}). Stop that program first, or choose another folder with PANDO_HOME.`,
      );
    } else if (holder && waitedMs >= orphanPatienceMs) {
      process.kill(holder.pid, 'SIGKILL');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function readHolder(lockPath: string): Holder | null {
  try {
    const holder: Partial<Holder> = JSON.parse(readFileSync(lockPath, 'utf8'));
    return holder.pid && holder.parentPid ? { pid: holder.pid, parentPid: holder.parentPid } : null;
  } catch {
    // Gone meanwhile, or cut off when the machine died.
    return null;
  }
}

/** The parent of the engine that is process `pid`; null when that is no process, or is not the engine of this folder. */
function engineParent(pid: number, folder: string): number | null {
  try {
    if (process.platform === 'linux') {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)) return null;
      // "pid (name) state ppid ...", where the name may hold anything.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return state === 'Z' ? null : Number(parent);
    }
    const line = execFileSync('ps', ['-o', 'ppid=,command=', '-p', `${pid}`], { encoding: 'utf8' });
    return line.includes(folder) ? Number.parseInt(line, 10) : null;
  } catch {
    return null;
  }
}
