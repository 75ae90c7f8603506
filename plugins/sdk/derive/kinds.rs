//! Several kinds of records in one output: an enum whose variants hold records.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{DataEnum, DeriveInput, Fields, Result};

use super::{doc_line, without_lifetimes};

pub(crate) fn expand(input: &DeriveInput, data: &DataEnum) -> Result<TokenStream> {
    let mut idents = Vec::new();
    let mut names = Vec::new();
    let mut types = Vec::new();
    let mut docs = Vec::new();
    for variant in &data.variants {
        let record = match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => &fields.unnamed[0].ty,
            _ => return Err(syn::Error::new_spanned(variant, "a kind holds one struct that derives `Record`: `Kind(Fields)`")),
        };
        let mut doc = String::new();
        for attribute in variant.attrs.iter().filter(|attribute| attribute.path().is_ident("doc")) {
            doc.push_str(&doc_line(attribute)?);
        }
        let doc = doc.trim().to_owned();
        if doc.is_empty() {
            return Err(syn::Error::new_spanned(variant, "this kind needs a doc comment: it is shown to users as its meaning"));
        }
        names.push(snake_case(&variant.ident.to_string()));
        idents.push(&variant.ident);
        types.push(record);
        docs.push(doc);
    }
    let record = &input.ident;
    let visibility = &input.vis;
    let columns = format_ident!("{record}Columns");
    let columns_doc = format!("The columns of [`{record}`], those of each kind.");
    let fields: Vec<_> = names.iter().map(|name| format_ident!("of_{name}")).collect();
    let static_types: Vec<_> = types.iter().map(|ty| without_lifetimes(quote!(#ty))).collect();
    let places = 0..names.len() as u32;
    let indices = 0..names.len();
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();

    Ok(quote! {
        #[doc = #columns_doc]
        #[derive(Default)]
        #visibility struct #columns {
            #(#fields: <#static_types as ::outparse_sdk::Value>::Column,)*
        }

        impl ::outparse_sdk::Column for #columns {
            const IS_LEAF: bool = false;
            fn len(&self) -> usize {
                0 #(+ ::outparse_sdk::Column::len(&self.#fields))*
            }
            fn push_null(&mut self) {}
            fn take(&mut self, into: &mut ::outparse_sdk::Batch) {
                into.records();
                ::outparse_sdk::Columns::take_fields(self, into);
            }
        }

        impl ::outparse_sdk::Columns for #columns {
            fn take_fields(&mut self, into: &mut ::outparse_sdk::Batch) {
                #(::outparse_sdk::Columns::take_fields(&mut self.#fields, into);)*
            }
        }

        impl #impl_generics ::outparse_sdk::Value for #record #type_generics #where_clause {
            type Column = #columns;
            fn describe(schema: &mut ::outparse_sdk::Schema) -> ::outparse_sdk::Type {
                ::outparse_sdk::Type::Record(<Self as ::outparse_sdk::Record>::describe_fields(schema))
            }
            #[inline]
            fn push(self, column: &mut Self::Column) {
                match self {
                    #(#record::#idents(fields) => ::outparse_sdk::Value::push(fields, &mut column.#fields),)*
                }
            }
            #[inline]
            fn kind(&self) -> u32 {
                match self {
                    #(#record::#idents(_) => #places,)*
                }
            }
        }

        impl #impl_generics ::outparse_sdk::Record for #record #type_generics #where_clause {
            fn describe_fields(schema: &mut ::outparse_sdk::Schema) -> ::std::vec::Vec<u32> {
                let mut fields = ::std::vec::Vec::new();
                #(fields.extend(<#static_types as ::outparse_sdk::Record>::describe_fields(schema));)*
                fields
            }
            fn describe_kinds(fields: &[u32]) -> ::std::vec::Vec<::outparse_sdk::bindings::exports::outparse::plugin::parser::Kind> {
                let mut schema = ::outparse_sdk::Schema::default();
                let counts = [#(<#static_types as ::outparse_sdk::Record>::describe_fields(&mut schema).len()),*];
                let mut rest = fields;
                ::std::vec![#({
                    let (own, others) = rest.split_at(counts[#indices]);
                    rest = others;
                    ::outparse_sdk::bindings::exports::outparse::plugin::parser::Kind {
                        name: ::std::string::String::from(#names),
                        doc: ::std::string::String::from(#docs),
                        fields: own.to_vec(),
                    }
                }),*]
            }
        }
    })
}

/// `UnixSocket` is `unix_socket`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (at, c) in name.char_indices() {
        if c.is_ascii_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}
