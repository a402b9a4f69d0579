import { context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import { isError } from "../../core/language/shape.ts";
import { outcomeOf } from "../shared/timing.ts";
import { type Ending, watchCall } from "../shared/watch-call.ts";
import type { Around, StoreOperation } from "../shared/wrap-store.ts";
import { operationAttributes, outcomeAttributes } from "./attributes.ts";

/**
 * Makes a span of each operation: a child of the span that is active, and active itself for the database's client.
 * `withIds`: it has the id of the session.
 */
export function spans(tracer: Tracer, store: string, withIds: boolean): Around {
  return (operation, run, call, id) => {
    const attributes = operationAttributes(store, operation);
    if (withIds && id !== undefined) attributes["session.id"] = id;
    const span = tracer.startSpan(`${operation} session`, { kind: SpanKind.CLIENT, attributes });
    return context.with(trace.setSpan(context.active(), span), () =>
      watchCall(run, call, (ending) => close(span, operation, ending)),
    );
  };
}

function close(span: Span, operation: StoreOperation, ending: Ending<unknown>): void {
  const error = "error" in ending ? ending.error : undefined;
  const outcome = outcomeOf(operation, ending);
  span.setAttributes(outcomeAttributes(outcome, error));
  if (outcome === "failed") {
    span.setStatus({ code: SpanStatusCode.ERROR, message: isError(error) ? error.message : String(error) });
  }
  span.end();
}
