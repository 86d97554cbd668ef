// The code of every made-up second factor.
export const rightCode = '123456';

const withFactor = new Set(['p4']);

export const hasFactor = (id: string): boolean => withFactor.has(id);
export const setFactor = (id: string, isOn: boolean): unknown => (isOn ? withFactor.add(id) : withFactor.delete(id));
