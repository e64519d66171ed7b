import { channelOf, nameOf, readTouch } from './channel.ts';

/** At most so many names are told apart; the rest is one. */
export const mostNames = 60;

export interface Named {
  names: string[];
  /** Of each text of the column `touch`, the number of its name, from 1. */
  numbers: number[];
  /** Numbers of names that are a store's. */
  stores: Set<number>;
}

/** Numbers for touches, from 1: the most frequent names have one each, all the rest has the last. */
export function named(touches: readonly string[], by: 'channel' | 'campaign'): Named {
  const names: string[] = [];
  const stores = new Set<number>();
  const numbers = touches.map((text) => {
    const name = nameOf(text, by);
    let place = names.indexOf(name);
    if (place < 0) {
      if (names.length < mostNames - 1) names.push(name);
      else if (names.length < mostNames) names.push('other');
      place = names.length - 1;
    }
    if (channelOf(readTouch(text)) === 'store') stores.add(place + 1);
    return place + 1;
  });
  return { names, numbers, stores };
}
