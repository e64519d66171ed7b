import { MARKETS } from './brand.ts';
import {
  cardOf,
  DEVICE,
  type Device,
  emailOf,
  type Id,
  JUNK,
  mistypedEmail,
  mistypedPhone,
  nameOf,
  registersTwice,
  typedEmail,
  typedPhone,
  userIdOf,
} from './identifiers.ts';
import type { Person } from './person.ts';
import { iso, type Sitting } from './sitting.ts';
import { HABITS } from './unkindness.ts';
import { FLAG, phoneAt, type World } from './world.ts';

/** What somebody typed in, and which identifiers that is. */
export interface Told {
  readonly traits: Record<string, unknown>;
  readonly ids: readonly Id[];
}

export interface Form {
  email?: boolean;
  phone?: boolean;
  card?: boolean;
  name?: boolean;
}

/** Fills in a form as people do: in any case and spacing, with slips now and then, and sometimes with rubbish. */
export function fillIn(world: World, person: Person, hour: number, form: Form, second = false): Told {
  const { seed, dice } = world;
  const traits: Record<string, unknown> = {};
  const ids: Id[] = [];
  if (form.email) {
    if (dice.chance(HABITS.junk)) traits.email = dice.pick(JUNK.email);
    else {
      const own = emailOf(seed, person.index, second);
      const meant = dice.chance(HABITS.mistypedEmail) ? mistypedEmail(own, dice) : own;
      traits.email = typedEmail(meant, dice);
      ids.push({ kind: 'email', value: meant });
    }
  }
  if (form.phone) {
    if (dice.chance(HABITS.junk)) traits.phone = dice.pick(JUNK.phone);
    else {
      const own = phoneAt(world, person.index, hour);
      const slipped = dice.chance(HABITS.mistypedPhone);
      const meant: Id = slipped
        ? { kind: 'phone', value: mistypedPhone(own.value, dice), shared: true }
        : own;
      traits.phone = typedPhone(meant.value, person.market, dice);
      ids.push(meant);
    }
  }
  if (form.card) {
    const card = cardOf(seed, person.index);
    traits.card = dice.chance(0.3) ? `${card.slice(0, 4)} ${card.slice(4, 8)} ${card.slice(8)}` : card;
    ids.push({ kind: 'card', value: card });
  }
  if (form.name) {
    const name = nameOf(seed, person.index);
    traits.firstName = name.given;
    traits.lastName = name.family;
    traits.address = { city: person.city, country: MARKETS[person.market].country };
    traits.language = MARKETS[person.market].language;
  }
  return { traits, ids };
}

/** The account that somebody uses on a device: one, but for those who registered twice. */
export function accountOn(world: World, person: Person, device: Device): { userId: string; second: boolean } {
  const second = device === DEVICE.laptop && registersTwice(world.seed, person.index);
  return { userId: userIdOf(world.seed, person.index, second), second };
}

/** Logs in on a device: from here on the messages carry the account, and `identify` ties it to the browser. */
export function logIn(world: World, person: Person, sitting: Sitting, device: Device, hour: number): void {
  const { userId, second } = accountOn(world, person, device);
  sitting.login(userId);
  const told = fillIn(
    world,
    person,
    hour,
    { email: true, phone: world.dice.chance(0.35), name: true },
    second,
  );
  sitting.identify(told.traits, told.ids, '/account');
  remember(world, person, device);
}

function remember(world: World, person: Person, device: Device): void {
  world.logins[person.index] = (world.logins[person.index] as number) | (1 << device);
}

export function wouldRegister(person: Person): boolean {
  return person.closeness === 'account' || person.closeness === 'member';
}

/** Makes an account; members get their card with it more often than not. */
export function register(world: World, person: Person, sitting: Sitting, device: Device, hour: number): void {
  const { dice } = world;
  const { userId, second } = accountOn(world, person, device);
  const gets = person.closeness === 'member' && dice.chance(0.65);
  sitting.track('Signed Up', { type: 'shop', title: 'Account' }, '/register');
  sitting.wait(4);
  sitting.login(userId);
  const told = fillIn(
    world,
    person,
    hour,
    { email: true, phone: dice.chance(0.7), card: gets, name: true },
    second,
  );
  const traits = { ...told.traits, createdAt: iso(sitting.nowMs) };
  sitting.identify(traits, told.ids, '/account');
  let flags = (world.flags[person.index] as number) | FLAG.account | FLAG.subscribed;
  if (gets) {
    flags |= FLAG.card;
    sitting.wait(15);
    sitting.track('Membership Joined', { program: 'Kettle Club', tier: 'user', where: 'online' }, '/club');
  }
  if (dice.chance(person.closeness === 'member' ? 0.55 : 0.25)) flags |= FLAG.app;
  world.flags[person.index] = flags;
  remember(world, person, device);
}

/** Leaves an e-mail for the letter. */
export function subscribe(world: World, person: Person, sitting: Sitting, hour: number): void {
  const told = fillIn(world, person, hour, { email: true });
  sitting.identify(told.traits, told.ids, '/letter');
  sitting.wait(6);
  if (told.ids.length > 0)
    world.flags[person.index] = (world.flags[person.index] as number) | FLAG.subscribed;
}

/** Is the login of this device still remembered, and not expired today? */
export function stillLoggedIn(world: World, person: Person, device: Device): boolean {
  const remembered = ((world.logins[person.index] as number) >> device) & 1;
  return remembered === 1 && !world.dice.chance(HABITS.loginExpired);
}

/** A reference to somebody as servers send it: `context.externalIds`. */
export function externalId(kind: string, value: string): Record<string, string> {
  return { id: value, type: kind, collection: 'users', encoding: 'none' };
}
