import { Menu } from '@mantine/core';
import { IconLogin2, IconLogout, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { address } from '../api/client';
import * as ask from '../api/queries';
import classes from './Login.module.css';

/** The longest address that a login leads back to. */
const LONGEST = 2000;

/** Who is logged in, or the way to do so. Nothing at all where the server knows no such thing. */
export function Login() {
  const state = useQuery(ask.loginState()).data;
  if (!state?.can_log_in || !state.login_url || !state.logout_url) return null;
  const { login_url: login, logout_url: logout } = state;
  if (!state.logged_in) {
    return (
      <button type="button" className={classes.chip} onClick={() => location.assign(wayIn(login, location.hash))}>
        <IconLogin2 size={17} stroke={1.6} aria-hidden />
        <span>Log in</span>
      </button>
    );
  }
  const name = state.name ?? 'Logged in';
  return (
    <Menu position="bottom-end" shadow="md" radius="md" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button type="button" className={classes.chip} aria-label={`Logged in as ${name}`}>
          <IconUser size={17} stroke={1.6} aria-hidden />
          <span className={classes.name}>{name}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{name}</Menu.Label>
        <Menu.Item component="a" href={address(logout)} leftSection={<IconLogout size={16} stroke={1.6} />}>
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Where to log in, coming back to this very view when it is not too long to say. */
export function wayIn(login: string, hash: string): string {
  return address(login, {}, hash.length > 1 && hash.length < LONGEST ? { next: hash } : {});
}
