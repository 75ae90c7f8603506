// The fields of a plugin's records as a tree, from the flat list of the interface, where children are named by index.

/** The top-level fields of a schema, each with its `children`, its `kind`, and its `column` in a batch. */
export function fields(schema) {
    const nested = new Set(schema.flatMap(children));
    return schema.map((_, index) => index).filter((index) => !nested.has(index)).map((index) => field(schema, index));
}

function field(schema, index) {
    const { name, type, nullable, unit, approximate, doc, levels } = schema[index];
    const below = children(schema[index]).map((child) => field(schema, child));
    return { name, kind: type.tag, nullable, unit, approximate, doc, levels, column: index, children: below };
}

function children({ type }) {
    switch (type.tag) {
        case "list":
            return [type.val];
        case "record":
            return [...type.val];
        default:
            return [];
    }
}
