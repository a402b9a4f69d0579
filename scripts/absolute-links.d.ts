export interface Place {
  readonly path: string;
  readonly root: string;
  readonly address: string;
  readonly tag: string;
}

export function changeLinks(text: string, change: (link: string, isImage: boolean) => string): string;
export function absoluteLink(link: string, isImage: boolean, place: Place): string;
