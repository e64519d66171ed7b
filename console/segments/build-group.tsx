import { Copy, FolderTree, MoreHorizontal, Plus, Replace, Trash2, Ungroup } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../kit/button.tsx';
import { Menu } from '../kit/menu.tsx';
import { Tag } from '../kit/tag.tsx';
import { WordSelect } from '../kit/word.tsx';
import { AddMenu } from './build-add.tsx';
import { Condition } from './build-conditions.tsx';
import { bareOf, groupOf, groupRule, type Json, modes, type Wrongs, withNot, wrongsAt } from './rule.ts';
import { kindIcons, kindOf } from './rule-kinds.ts';

interface GroupProps {
  rule: Json;
  /** Where it stands in the whole rule, as a JSON pointer. */
  place: string;
  wrongs: Wrongs;
  onChange: (rule: Json) => void;
}

/** Conditions that belong together: all, any, none of them. Groups stand in groups. */
export function GroupForm({ rule, place, wrongs, onChange }: GroupProps) {
  const { t } = useTranslation('segments');
  const list = useRef<HTMLUListElement>(null);
  const added = useRef(false);
  const group = groupOf(rule);
  // Whoever adds a condition goes on in it, by keyboard as well.
  useEffect(() => {
    if (!added.current) return;
    added.current = false;
    const last = list.current?.lastElementChild;
    last?.querySelector<HTMLElement>('.word-missing, .word')?.focus();
  });
  if (!group) return null;
  const { mode, parts, below } = group;
  const set = (next: readonly Json[]) => onChange(groupRule(mode, next));
  const add = (part: Json) => {
    added.current = true;
    set([...parts, part]);
  };
  const own = wrongs.get(place) ?? wrongs.get(`${place}${below}`);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <span>{t(place === '' ? 'build.group.people' : 'build.group.inner')}</span>
        <WordSelect
          label={t('build.group.mode')}
          value={mode}
          choices={modes.map((one) => ({ value: one, label: t(`build.group.${one}`) }))}
          onChange={(next) => onChange(groupRule(modes.find((one) => one === next) ?? 'all', parts))}
        />
        <span>{t('build.group.ofThese')}</span>
      </div>
      {own && parts.length > 0 && <Wrong texts={[own]} />}
      <ul ref={list} className="grid gap-3 border-line border-l-2 pl-3 sm:pl-4">
        {[...parts.entries()].map(([i, part]) => (
          <Part
            // A condition is known by its place.
            key={i}
            rule={part}
            number={i + 1}
            place={`${place}${below}/${i}`}
            wrongs={wrongs}
            onChange={(next) => set(parts.toSpliced(i, 1, ...(next ? [next] : [])))}
            onCopy={() => set(parts.toSpliced(i, 1, part, part))}
            onUngroup={(inner) => set(parts.toSpliced(i, 1, ...inner))}
          />
        ))}
        {parts.length === 0 && <li className="py-1 text-quiet">{t('build.group.empty')}</li>}
      </ul>
      <div className="flex flex-wrap gap-2">
        <AddMenu onAdd={add}>
          <Button icon={Plus}>{t('build.add')}</Button>
        </AddMenu>
      </div>
    </div>
  );
}

function Part(props: {
  rule: Json;
  number: number;
  place: string;
  wrongs: Wrongs;
  onChange: (rule: Json | null) => void;
  onCopy: () => void;
  onUngroup: (parts: readonly Json[]) => void;
}) {
  const { t } = useTranslation('segments');
  const { rule, place, wrongs, onChange } = props;
  const group = groupOf(rule);
  const { isNot, inner, below } = group ? { isNot: false, inner: rule, below: '' } : bareOf(rule);
  const innerGroup = groupOf(inner);
  const kind = kindOf(inner);
  const Icon = innerGroup ? FolderTree : kind ? kindIcons[kind] : FolderTree;
  const texts = innerGroup ? [] : wrongsAt(wrongs, place);
  const what = innerGroup ? t('build.kinds.group') : kind ? t(`build.kinds.${kind}`) : t('build.kinds.other');
  return (
    <li
      className="grid grid-cols-[minmax(0,1fr)_36px] gap-x-2 border-line border-b pb-3 last:border-b-0 last:pb-0"
      aria-label={t('build.numbered', { number: props.number, what })}
    >
      <div className="grid min-w-0 grid-cols-[20px_minmax(0,1fr)] gap-x-2">
        <Icon size={16} aria-hidden="true" className="mt-2.5 text-quiet" />
        <div className="grid min-w-0 gap-2">
          {isNot && (
            <div className="pt-1.5">
              <Tag tone="wrong">{t('build.not')}</Tag>
            </div>
          )}
          {innerGroup ? (
            <GroupForm rule={inner} place={`${place}${below}`} wrongs={wrongs} onChange={onChange} />
          ) : (
            <Condition condition={inner} onChange={(next) => onChange(withNot(next, isNot))} />
          )}
          {texts.length > 0 && <Wrong texts={texts} />}
        </div>
      </div>
      <Menu
        trigger={<IconButton icon={MoreHorizontal} label={t('build.more', { what })} />}
        items={[
          ...(group
            ? [
                {
                  label: t('build.ungroup'),
                  icon: Ungroup,
                  onChoose: () => props.onUngroup(group.parts),
                },
              ]
            : [
                {
                  label: t(isNot ? 'build.unturn' : 'build.turn'),
                  icon: Replace,
                  onChoose: () => onChange(withNot(inner, !isNot)),
                },
              ]),
          { label: t('build.intoGroup'), icon: FolderTree, onChoose: () => onChange({ any: [rule] }) },
          { label: t('build.copy'), icon: Copy, onChoose: props.onCopy },
          { label: t('build.remove'), icon: Trash2, onChoose: () => onChange(null) },
        ]}
      />
    </li>
  );
}

function Wrong({ texts }: { texts: readonly string[] }) {
  return (
    <p role="alert" className="text-s break-words text-wrong">
      {texts.join(' ')}
    </p>
  );
}
