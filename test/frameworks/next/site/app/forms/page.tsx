import { Seen } from "../seen";
import * as actions from "./actions";

const { signIn, signInHere, signOutHere, missing, failing, failingLate, both, tooLarge, inTurn, arrive, mark } =
  actions;
const forms = { signIn, signInHere, signOutHere, missing, failing, failingLate, both, tooLarge, inTurn };

export default function Page() {
  return (
    <>
      <Seen />
      {Object.entries(forms).map(([name, action]) => (
        <form key={name} id={name} action={action}>
          <input name="name" />
        </form>
      ))}
      <form id="arrive" action={arrive.bind(null, "")} />
      <form id="mark" action={mark.bind(null, 0)} />
    </>
  );
}
