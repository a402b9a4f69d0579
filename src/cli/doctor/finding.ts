/** One thing that the doctor looked at. */
export interface Finding {
  readonly check: string;
  /** fault: sessions are lost, refused or in danger · advice: better changed, or known · ok */
  readonly state: "ok" | "advice" | "fault";
  readonly message: string;
}

export const ok = (check: string, message: string): Finding => ({ check, state: "ok", message });
export const advice = (check: string, message: string): Finding => ({ check, state: "advice", message });
export const fault = (check: string, message: string): Finding => ({ check, state: "fault", message });
