import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { domainOf } from '~/lib/email';
import { texts } from '~/texts/session';
import { methodsQuery } from './queries';

// Long enough for a person to finish the domain's last letters.
const pauseMs = 350;

export interface Provider {
  domain: string;
  urls: string[];
  isOnlyWay: boolean;
}

// What the email's domain says about signing in; null while it is not known or there is no provider.
export function useProvider(email: string): Provider | null {
  const domain = useSettled(domainOf(email));
  const methods = useQuery(methodsQuery(domain));
  if (domain === '' || !methods.data || methods.data.oidc.length === 0) return null;
  return { domain, urls: methods.data.oidc.map((item) => item.url), isOnlyWay: !methods.data.password };
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

interface ButtonsProps {
  provider: Provider;
  next: string;
  beside?: boolean; // opens a window of its own, so that this one stays
}

export function ProviderButtons({ provider, next, beside = false }: ButtonsProps) {
  return provider.urls.map((url) => (
    <Button key={url} component="a" href={withNext(url, next)} {...(beside ? { target: '_blank', rel: 'noopener' } : {})} variant={provider.isOnlyWay ? 'filled' : 'default'} fullWidth>
      {texts.signIn.continueWith(provider.domain)}
    </Button>
  ));
}

function withNext(url: string, next: string): string {
  const address = new URL(url, window.location.origin);
  address.searchParams.set('next', next);
  return address.toString();
}
