import { PRODUCTS } from './catalog.ts';
import { inviteIdOf, linkOf, shareIdOf } from './devices.ts';
import { cookieOf, DEVICE, type Id, openIdOf, unionIdOf, userIdOf } from './identifiers.ts';
import { desk, type Known } from './office.ts';
import { closenessOf, type Person, personOf } from './person.ts';
import { share } from './random.ts';
import { chooseProduct } from './shopping.ts';
import { ARTICLES, IDEAS, QUESTIONS, SAYINGS } from './texts.ts';
import { FLAG, hourMs, hourOf, phoneAt, type World } from './world.ts';

const SALT_ROUTE = 131;
/** Shares and ideas that others may still come across. */
const REMEMBERED = 64;

/** Was somebody brought by an invitation to join, or by a link to something? */
export function wasInvited(world: World, p: number): boolean {
  const closeness = closenessOf(world.seed, p, true);
  const joins = closeness === 'account' || closeness === 'member';
  return joins && share(world.seed, SALT_ROUTE, p) < 0.6;
}

/** The link by which somebody was brought, where it was no invitation. */
export function broughtByShare(world: World, p: number): string {
  return shareIdOf(world, world.parent[p] as number, 1000 + p);
}

/** Who somebody is to the community's server: the account, or the browser they last used. */
function knownToCommunity(world: World, p: number, hour: number): Known {
  if ((world.flags[p] as number) & FLAG.account) {
    const userId = userIdOf(world.seed, p);
    return { userId, anonymousId: null, ids: [{ kind: 'user_id', value: userId }] };
  }
  const anonymousId = cookieOf(world.seed, p, DEVICE.phone, Math.floor(hour / 24));
  return { userId: null, anonymousId, ids: [{ kind: 'anonymous_id', value: anonymousId }] };
}

/** Somebody passes the brand on to `invited`, who will come by it within some days. */
export function bringSomebody(world: World, invited: number, hour: number): void {
  const { dice } = world;
  const by = world.parent[invited] as number;
  dice.throwFor(world.seed, invited, 0xb41f);
  const person = personOf(world.seed, by, (world.parent[by] as number) >= 0, dice);
  const at = hourMs(world, hour) + dice.below(3_000_000);
  const sitting = desk(world, 'community', by, knownToCommunity(world, by, hour), at);
  const channel = person.market === 'cn' ? 'wechat' : dice.pick(['whatsapp', 'email', 'link']);
  if (wasInvited(world, invited)) {
    sitting.track('Invite Sent', { invite_id: inviteIdOf(world, invited), channel });
    return;
  }
  const shareId = broughtByShare(world, invited);
  sitting.track('Content Shared', {
    ...sharedThing(world, person),
    share_id: shareId,
    channel,
    url: linkOf(shareId),
  });
}

function sharedThing(world: World, person: Person): Record<string, unknown> {
  if (world.dice.chance(0.5)) {
    const article = world.dice.pick(ARTICLES);
    return { content_id: article.id, content_type: article.kind, title: article.title[person.market] };
  }
  const product = chooseProduct(person, world.dice);
  return { content_id: product.id, content_type: 'product', title: product.name[person.market] };
}

/** A member of the community looks in: shares, invites in vain, has an idea, votes for another's. */
export function takePart(world: World, person: Person, atMs: number): void {
  const { dice } = world;
  const p = person.index;
  const hour = hourOf(world, atMs);
  const sitting = desk(world, 'community', p, knownToCommunity(world, p, hour), atMs);
  const visit = world.visits[p] as number;
  const { shares, ideas } = world.recent;
  const u = dice.next();
  if (u < 0.4) {
    const shareId = shareIdOf(world, p, visit);
    const channel = person.market === 'cn' ? 'wechat' : dice.pick(['whatsapp', 'instagram', 'email']);
    sitting.track('Content Shared', {
      ...sharedThing(world, person),
      share_id: shareId,
      channel,
      url: linkOf(shareId),
    });
    remember(shares, shareId);
  } else if (u < 0.58) {
    const inviteId = inviteIdOf(world, -1 - p * 31 - visit);
    sitting.track('Invite Sent', {
      invite_id: inviteId,
      channel: person.market === 'cn' ? 'wechat' : 'link',
    });
  } else if (u < 0.7) {
    const ideaId = `idea-${shareIdOf(world, p, 5000 + visit)}`;
    sitting.track('Idea Submitted', { idea_id: ideaId, title: dice.pick(IDEAS[person.market]) });
    remember(ideas, ideaId);
  } else if (ideas.length > 0) {
    const votes = 1 + dice.below(3);
    for (let i = 0; i < votes; i++) {
      sitting.track('Idea Voted', { idea_id: dice.pick(ideas), vote: dice.chance(0.88) ? 'up' : 'down' });
      sitting.wait(20);
    }
  }
}

function remember(list: string[], entry: string): void {
  list.push(entry);
  if (list.length > REMEMBERED) list.shift();
}

/** What somebody says about it afterwards, in the chat: feedback in their own words, or an answer to a survey. */
export function speakUp(world: World, person: Person, productIndex: number, atMs: number): void {
  const { dice } = world;
  const chat = desk(world, 'chat', person.index, knownToChat(world, person, atMs), atMs);
  const language = person.market === 'cn' ? 'zh' : 'en';
  if (dice.chance(0.68)) {
    const saying = dice.pick(SAYINGS[person.market]);
    const product = PRODUCTS[productIndex];
    const rating = saying.mood === 'good' ? 4 + dice.below(2) : saying.mood === 'bad' ? 1 + dice.below(2) : 3;
    chat.track('Feedback Given', {
      text: saying.text.replace('{p}', product?.name[person.market] ?? ''),
      rating,
      topic: saying.topic,
      stage: 'use',
      language,
      product_id: product?.id ?? '',
    });
    return;
  }
  const { question, answers } = QUESTIONS[person.market];
  const survey = { survey_id: 'mind-share', language };
  chat.track('Survey Answered', { ...survey, question_id: 'brands', question, answer: dice.pick(answers) });
  chat.wait(15);
  const likely = Math.min(10, (person.community ? 7 : 4) + dice.below(5));
  chat.track('Survey Answered', {
    ...survey,
    question_id: 'recommend',
    question: 'NPS',
    answer: String(likely),
    score: likely,
  });
}

/** WeChat tells the chat's own openid, mostly with the unionid; elsewhere the chat goes by the phone. */
function knownToChat(world: World, person: Person, atMs: number): Known {
  const p = person.index;
  const ids: Id[] = [];
  if (person.market === 'cn') {
    ids.push({ kind: 'wechat_openid', value: openIdOf(world.seed, p, 'chat') });
    if (world.dice.chance(0.8)) ids.push({ kind: 'wechat_unionid', value: unionIdOf(world.seed, p) });
  } else ids.push(phoneAt(world, p, hourOf(world, atMs)));
  return { userId: null, anonymousId: null, ids };
}
