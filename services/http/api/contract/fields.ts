/** Schemas that several routes use. */
import Type, { type TObject, type TProperties, type TSchema } from 'typebox';

/** Members that are not declared are refused, so that a misspelt one is not passed over. */
export function strictObject<P extends TProperties>(properties: P): TObject<P> {
  return Type.Object(properties, { additionalProperties: false });
}

export const uuid = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', maxLength: 36 });
export const address = Type.String({ minLength: 3, maxLength: 320, description: 'local part @ domain' });
export const domainName = Type.String({ minLength: 1, maxLength: 255 });
export const reason = Type.String({
  minLength: 1,
  maxLength: 1000,
  description: 'Why; it stays in the log.',
});
export const timeMs = Type.Integer({ minimum: 0, description: 'UTC milliseconds' });
export const octets = Type.Integer({ minimum: 0, description: 'octets; 0 is unlimited' });
export const password = Type.String({ minLength: 1, maxLength: 1024 });

export function nullable<S extends TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()]);
}

/** Of every list: where the page begins, and how long it is. */
export const pageQuery = {
  cursor: Type.Optional(Type.String({ maxLength: 200, description: '`next` of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: '100 where none is given' })),
};

export const defaultPageItems = 100;

/** A page of a list, with where the next one begins. */
export function pageOf<S extends TSchema>(item: S) {
  return Type.Object({ items: Type.Array(item), next: nullable(Type.String()) });
}
