import { afterEach, describe, expect, it, vi } from 'vitest';
import { readAnswer, resolve } from './sesame';

const FOUND = `# Crab nebula\t#Q22523
#=S=Simbad (via url):    1
%@ 100418
%C.0 SNR
%J 083.6324000 +22.0174000 = 05:34:31.77 +22:01:02.6
%I.0 NAME   Crab
#B 12
`;
const NOT_FOUND = '# nothing\t#Q1\n#!Simbad: No known catalog could be found\n#!VizieR: Nothing found\n';

afterEach(() => vi.unstubAllGlobals());

const answering = (answer: () => Promise<Response>) => vi.stubGlobal('fetch', vi.fn(answer));

describe('Sesame', () => {
  it('says where an object is, what it is called and what it is', () => {
    expect(readAnswer(FOUND, 'm1')).toEqual({ raDeg: 83.6324, decDeg: 22.0174, name: 'Crab', kind: 'SNR' });
  });

  it('may know a position and nothing else', () => {
    expect(readAnswer('%J 10.5 -3.25 = …', 'X 1')).toEqual({
      raDeg: 10.5,
      decDeg: -3.25,
      name: 'X 1',
      kind: undefined,
    });
  });

  it('does not know every name', async () => {
    answering(async () => new Response(NOT_FOUND));
    await expect(resolve('nobody')).rejects.toThrow('Sesame knows no object named “nobody”.');
  });

  it('gets names in a form that addresses can hold, and nothing about the visitor', async () => {
    answering(async () => new Response(FOUND));
    await resolve('ACT-CL J0102−4915 & co');
    const [url, options] = vi.mocked(fetch).mock.calls[0]!;
    expect(url).toBe('https://cds.unistra.fr/cgi-bin/nph-sesame/-oI/SNV?ACT-CL%20J0102%E2%88%924915%20%26%20co');
    expect(options).toMatchObject({ credentials: 'omit', referrerPolicy: 'no-referrer' });
  });

  it('is out of reach without the internet, which is said in a sentence', async () => {
    answering(async () => {
      throw new TypeError('Failed to fetch');
    });
    await expect(resolve('M 31')).rejects.toThrow(/need the internet/);
  });

  it('is left alone when nobody wants the answer any more', async () => {
    answering(async () => {
      throw new DOMException('no', 'AbortError');
    });
    await expect(resolve('M 31')).rejects.toThrow(DOMException);
  });
});
