//! The `Record` derive of [`outparse-sdk`](../outparse_sdk/index.html): a struct's fields become the columns of a batch, and
//! their doc comments and attributes its schema. Use it through the SDK.

mod kinds;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Fields, Lit, LitStr, Result};

/// Makes a struct with named fields a record.
///
/// Each field needs a doc comment: it is the field's documentation in the schema. `#[field(…)]` says more:
///
/// | attribute | meaning |
/// |---|---|
/// | `unit = "bytes"` | what a number counts |
/// | `approximate` | the command may have rounded the value |
/// | `warning = 80, critical = 90` | the values from which a number deserves attention; from there down, if `critical` is lower |
/// | `key` | together with the other keys, it identifies the thing that the record is about |
/// | `counter`, `gauge` | a number that only grows for as long as that thing exists, or one that is measured anew each time |
/// | `name = "type"` | the field's name in the schema, where it cannot be the Rust name |
///
/// An enum is an output with several kinds of records: each variant holds a struct that derives `Record`, and needs a doc comment,
/// which says what such a record is. The variant's name in `snake_case` is the name of the kind; the first one is the main kind.
#[proc_macro_derive(Record, attributes(field))]
pub fn record(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// What a field may be for: the attribute's word for it, and the SDK's.
const ROLES: [(&str, &str); 3] = [("key", "Key"), ("counter", "Counter"), ("gauge", "Gauge")];

fn expand(input: &DeriveInput) -> Result<TokenStream> {
    if let Data::Enum(data) = &input.data {
        return kinds::expand(input, data);
    }
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new_spanned(&input.ident, "a record is a struct: one named field for each column"));
    };
    let Fields::Named(named) = &data.fields else {
        return Err(syn::Error::new_spanned(&input.ident, "a record's fields need names: they are the names of its columns"));
    };
    let fields = named.named.iter().map(FieldSpec::read).collect::<Result<Vec<_>>>()?;

    let record = &input.ident;
    let visibility = &input.vis;
    let columns = format_ident!("{record}Columns");
    let columns_doc = format!("The columns of [`{record}`], filled row by row.");
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let types: Vec<_> = fields.iter().map(|field| &field.ty).collect();
    let static_types: Vec<_> = types.iter().map(|ty| without_lifetimes(quote!(#ty))).collect();
    let names = fields.iter().map(|field| &field.name);
    let docs = fields.iter().map(|field| &field.doc);
    let units = fields.iter().map(|field| match &field.unit {
        Some(unit) => quote!(::core::option::Option::Some(#unit)),
        None => quote!(::core::option::Option::None),
    });
    let approximate = fields.iter().map(|field| field.approximate);
    let roles = fields.iter().map(|field| match &field.role {
        Some(role) => quote!(::core::option::Option::Some(::outparse_sdk::Role::#role)),
        None => quote!(::core::option::Option::None),
    });
    let levels = fields.iter().map(|field| match &field.levels {
        Some((warning, critical)) => quote!(::core::option::Option::Some(::outparse_sdk::Levels {
            warning: #warning as f64,
            critical: #critical as f64,
        })),
        None => quote!(::core::option::Option::None),
    });

    Ok(quote! {
        #[doc = #columns_doc]
        #[derive(Default)]
        #visibility struct #columns {
            rows: usize,
            #(#idents: <#static_types as ::outparse_sdk::Value>::Column,)*
        }

        impl ::outparse_sdk::Column for #columns {
            const IS_LEAF: bool = false;
            fn len(&self) -> usize {
                self.rows
            }
            fn push_null(&mut self) {
                self.rows += 1;
                #(::outparse_sdk::Column::push_null(&mut self.#idents);)*
            }
            fn take(&mut self, into: &mut ::outparse_sdk::Batch) {
                into.records();
                ::outparse_sdk::Columns::take_fields(self, into);
            }
        }

        impl ::outparse_sdk::Columns for #columns {
            fn take_fields(&mut self, into: &mut ::outparse_sdk::Batch) {
                self.rows = 0;
                #(::outparse_sdk::Column::take(&mut self.#idents, into);)*
            }
        }

        impl #impl_generics ::outparse_sdk::Value for #record #type_generics #where_clause {
            type Column = #columns;
            fn describe(schema: &mut ::outparse_sdk::Schema) -> ::outparse_sdk::Type {
                ::outparse_sdk::Type::Record(<Self as ::outparse_sdk::Record>::describe_fields(schema))
            }
            #[inline]
            fn push(self, column: &mut Self::Column) {
                column.rows += 1;
                #(::outparse_sdk::Value::push(self.#idents, &mut column.#idents);)*
            }
        }

        impl #impl_generics ::outparse_sdk::Record for #record #type_generics #where_clause {
            fn describe_fields(schema: &mut ::outparse_sdk::Schema) -> ::std::vec::Vec<u32> {
                ::std::vec![#(schema.field::<#static_types>(::outparse_sdk::FieldInfo {
                    name: #names,
                    doc: #docs,
                    unit: #units,
                    approximate: #approximate,
                    role: #roles,
                    levels: #levels,
                })),*]
            }
        }
    })
}

/// What the derive reads off one field.
struct FieldSpec {
    ident: syn::Ident,
    ty: syn::Type,
    name: String,
    doc: String,
    unit: Option<LitStr>,
    approximate: bool,
    role: Option<syn::Ident>,
    levels: Option<(Lit, Lit)>,
}

impl FieldSpec {
    fn read(field: &syn::Field) -> Result<FieldSpec> {
        let Some(ident) = field.ident.clone() else {
            return Err(syn::Error::new_spanned(field, "this field has no name"));
        };
        let mut spec = FieldSpec {
            name: ident.to_string().trim_start_matches("r#").to_owned(),
            ident,
            ty: field.ty.clone(),
            doc: String::new(),
            unit: None,
            approximate: false,
            role: None,
            levels: None,
        };
        let (mut warning, mut critical): (Option<Lit>, Option<Lit>) = (None, None);
        for attribute in &field.attrs {
            if attribute.path().is_ident("doc") {
                spec.doc.push_str(&doc_line(attribute)?);
            } else if attribute.path().is_ident("field") {
                attribute.parse_nested_meta(|meta| {
                    if meta.path.is_ident("unit") {
                        spec.unit = Some(meta.value()?.parse()?);
                    } else if meta.path.is_ident("name") {
                        spec.name = meta.value()?.parse::<LitStr>()?.value();
                    } else if meta.path.is_ident("approximate") {
                        spec.approximate = true;
                    } else if let Some((_, role)) = ROLES.iter().find(|(name, _)| meta.path.is_ident(name)) {
                        spec.role = Some(format_ident!("{role}"));
                    } else if meta.path.is_ident("warning") {
                        warning = Some(meta.value()?.parse()?);
                    } else if meta.path.is_ident("critical") {
                        critical = Some(meta.value()?.parse()?);
                    } else {
                        return Err(
                            meta.error(
                                "expected `unit = \"…\"`, `approximate`, `key`, `counter`, `gauge`, `warning = …, critical = …` or `name = \"…\"`",
                            )
                        );
                    }
                    Ok(())
                })?;
            }
        }
        spec.levels = match (warning, critical) {
            (None, None) => None,
            (Some(warning), Some(critical)) => Some((warning, critical)),
            _ => return Err(syn::Error::new_spanned(&spec.ident, "`warning` and `critical` come together")),
        };
        spec.doc = spec.doc.trim().to_owned();
        if spec.doc.is_empty() {
            return Err(syn::Error::new_spanned(
                &spec.ident,
                "this field needs a doc comment: it is shown to users as its meaning",
            ));
        }
        Ok(spec)
    }
}

pub(crate) fn doc_line(attribute: &syn::Attribute) -> Result<String> {
    let value = &attribute.meta.require_name_value()?.value;
    match value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Ok(format!("{} ", text.value().trim())),
        other => Err(syn::Error::new_spanned(other, "a field's doc comment must be plain text")),
    }
}

/// The same type with every lifetime `'static`: the columns own their values and have no lifetime, and a value's column
/// does not depend on it.
pub(crate) fn without_lifetimes(tokens: TokenStream) -> TokenStream {
    let mut after_quote = false;
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(_) if after_quote => {
                after_quote = false;
                TokenTree::Ident(proc_macro2::Ident::new("static", Span::call_site()))
            }
            TokenTree::Group(group) => {
                let delimiter: Delimiter = group.delimiter();
                TokenTree::Group(Group::new(delimiter, without_lifetimes(group.stream())))
            }
            other => {
                after_quote = matches!(&other, TokenTree::Punct(punct) if punct.as_char() == '\'');
                other
            }
        })
        .collect()
}
