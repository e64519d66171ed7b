import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { builtInLimits, type PeopleSettings } from '#schema/people';
import { Button, IconButton } from '../kit/button.tsx';
import { Input, Switch } from '../kit/field.tsx';

type Kinds = PeopleSettings['ownKinds'];

/** Identifier kinds that a brand brings along, like the number of a loyalty programme before. */
export function OwnKinds({ kinds, onChange }: { kinds: Kinds; onChange: (kinds: Kinds) => void }) {
  const { t } = useTranslation('settings');
  const { t: kit } = useTranslation('kit');
  const [typed, setTyped] = useState('');
  const name = typed.trim();
  const isThere = name in builtInLimits || kinds.some((kind) => kind.name === name);
  const isBad = name !== '' && !/^[a-z][a-z0-9_]{0,39}$/.test(name);
  const error = isBad ? t('people.badKind') : isThere ? t('people.kindIsThere') : undefined;
  function add() {
    if (name === '' || error) return;
    onChange([...kinds, { name, unique: false }]);
    setTyped('');
  }
  return (
    <div>
      <ul className="divide-y divide-line">
        {kinds.map((one) => (
          <li key={one.name} className="flex items-start gap-2 py-1">
            <div className="min-w-0 grow">
              <Switch
                label={one.name}
                note={t(one.unique ? 'people.unique' : 'people.notUnique')}
                checked={one.unique}
                onChange={(unique) =>
                  onChange(kinds.map((kind) => (kind === one ? { ...kind, unique } : kind)))
                }
              />
            </div>
            <IconButton
              icon={X}
              className="mt-0.5 disabled:invisible"
              label={kit('takeOut', { name: one.name })}
              onClick={() => onChange(kinds.filter((kind) => kind !== one))}
            />
          </li>
        ))}
      </ul>
      <div className="mt-2 flex items-start gap-2">
        <div className="grow">
          <Input
            label={t('people.addKind')}
            hint={t('people.addKindHint')}
            placeholder="crm_id"
            value={typed}
            error={error}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setTyped(event.target.value)}
            onBlur={add}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
              event.preventDefault();
              add();
            }}
          />
        </div>
        <Button icon={Plus} className="mt-6" disabled={name === '' || Boolean(error)} onClick={add}>
          {kit('add')}
        </Button>
      </div>
    </div>
  );
}
