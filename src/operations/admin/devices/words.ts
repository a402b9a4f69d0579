/** Every text of the page. What stands in braces is put in. */
export interface DevicesWords {
  readonly title: string;
  readonly lead: string;
  readonly home: string;
  readonly thisDevice: string;
  /** For a session without a label. */
  readonly unknownDevice: string;
  readonly lastSeen: string;
  readonly since: string;
  readonly signOut: string;
  /** What screen readers say of the button for one of several devices. */
  readonly signOutOne: string;
  readonly signOutOthers: string;
  readonly noOthers: string;
  readonly more: string;
  readonly others: string;
  readonly first: string;
  readonly didSignOut: string;
  readonly wasGone: string;
  readonly didSignOutOthers: string;
  readonly notSignedIn: string;
  readonly signIn: string;
  readonly refused: string;
  readonly refusedWhy: string;
  readonly again: string;
}

export const english: DevicesWords = {
  title: "Where you are signed in",
  lead: "If you do not know one of these devices, sign it out, and change your password.",
  home: "Back",
  thisDevice: "This device",
  unknownDevice: "Unknown device",
  lastSeen: "Last seen {when}",
  since: "signed in since {date}",
  signOut: "Sign out",
  signOutOne: "Sign out {device}, last seen {when}",
  signOutOthers: "Sign out all other devices",
  noOthers: "You are signed in nowhere else.",
  more: "More devices",
  others: "Other devices",
  first: "Back to the first devices",
  didSignOut: "That device is signed out.",
  wasGone: "That device was not signed in any more.",
  didSignOutOthers: "Signed out on other devices: {count}.",
  notSignedIn: "You are not signed in",
  signIn: "Sign in to see where you are signed in.",
  refused: "Nothing was changed",
  refusedWhy: "This form is from before you signed in or out, or from another site. Load the page again.",
  again: "Load the page again",
};
