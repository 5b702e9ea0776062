import { eventStoreContract } from '../contracts/event-store.contract.ts';
import { openSqliteEngine } from '../support/sqlite-engine.ts';

eventStoreContract('SQLite behind the keeper thread', openSqliteEngine);
