import type { Session } from "coatcheck";
import { GraphQLError } from "graphql";
import { createSchema } from "graphql-yoga";
import type { Visit } from "./sessions.ts";

interface Context {
  readonly session: Session<Visit>;
}

export const schema = createSchema<Context>({
  typeDefs: /* GraphQL */ `
    type Query {
      visit: Visit!
    }

    type Mutation {
      "Counts a view."
      view: Visit!
      addApple: Visit!
      signIn(name: String!): Visit!
      signOut: Visit!
    }

    type Visit {
      views: Int!
      apples: Int!
      user: String
      "What the last action left for this one, once."
      messages: [String!]!
    }
  `,
  resolvers: {
    Query: {
      visit: (_, _args, { session }) => session,
    },
    Mutation: {
      view: (_, _args, { session }) => session.set("views", (session.get("views") ?? 0) + 1),
      addApple: async (_, _args, { session }) => {
        await session.update("apples", (apples = 0) => apples + 1);
        return session;
      },
      signIn: (_, { name }: { name: string }, { session }) => {
        if (name === "") throw new GraphQLError("Who are you?");
        // A real application asks for more than a name.
        session.login(name);
        session.flash(`Welcome, ${name}.`);
        return session;
      },
      signOut: async (_, _args, { session }) => {
        await session.destroy();
        return session;
      },
    },
    Visit: {
      views: (session: Session<Visit>) => session.get("views") ?? 0,
      apples: (session: Session<Visit>) => session.get("apples") ?? 0,
      user: (session: Session<Visit>) => session.userId,
      messages: (session: Session<Visit>) => session.flashes<string>(),
    },
  },
});
