import { serverStores, storesUnderTest } from "../../support/stores/stores.ts";
import { contract } from "./rules/contract.ts";

contract(await storesUnderTest(serverStores));
