import { Seen } from "../seen";

export default function Page() {
  return (
    <>
      <Seen />
      <Seen />
    </>
  );
}
