import { expect, test } from 'vitest';
import { titlesOf } from './titles';

test.each([
  [['Sky', 'Whole', 'f150', 'I'], ['Sky', 'Whole', 'f090', 'I'], 'f150 · I', 'f090 · I'],
  [['Sky', 'Whole', 'f150', 'I'], ['Sky', 'Whole', 'f150', 'Q'], 'f150 · I', 'f150 · Q'],
  [['Sky', 'Whole', 'f150', 'I'], ['Sky', 'Deep', 'f150', 'I'], 'Whole · f150 · I', 'Deep · f150 · I'],
  [['Sky', 'Deep', 'I'], ['Sky', 'Whole', 'f150', 'I'], 'Deep · I', 'Whole · f150 · I'],
  [['I'], ['Q'], 'I', 'Q'],
  [['Sky', 'I'], [''], 'Sky · I', ''],
])('%j beside %j are "%s" and "%s"', (one, other, title, otherTitle) =>
  expect(titlesOf(one, other)).toEqual([title, otherTitle]),
);
