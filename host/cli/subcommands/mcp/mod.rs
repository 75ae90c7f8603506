//! `outparse mcp`: the parsers as tools of a coding agent, by the Model Context Protocol on standard input and output.
//!
//! An agent may look at schemas and parse text. It may run only those commands that the user allowed on our command line, without a
//! shell, and for a limited time.

mod answer;
mod tools;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt};

use crate::options::Options;
use crate::options::running::duration;
use outparse::error::Error;
use outparse::registry::Config;
use tools::Tools;

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// Commands that may be run, by their first words: df,ps,'git log'. None unless they are named; one that runs others lets these be run too
    #[arg(long, value_name = "COMMAND,…", value_delimiter = ',')]
    allow: Vec<String>,
    /// End a command after this time: 5s, 2m
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    run_timeout: Duration,
}

/// Serves until the client has gone. Returns the exit status.
pub(crate) fn serve(options: &Options, arguments: &Arguments) -> Result<u8, Error> {
    if options.running.every.is_some() || options.select.any() || options.show.format.is_some() {
        return Err(Error::Usage("`mcp` takes what is to be selected and shown from the agent".to_owned()));
    }
    let tools = Tools::new(Config::read()?, &arguments.allow, arguments.run_timeout)?;
    let server = Server { tools: Arc::new(tools) };
    outparse::runtime::new()?.block_on(async {
        // A client that leaves before it has begun is no error.
        let Ok(service) = server.serve(rmcp::transport::stdio_pipes()).await else { return Ok(0) };
        service.waiting().await.context("serving")?;
        Ok(0)
    })
}

struct Server {
    tools: Arc<Tools>,
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("outparse", env!("CARGO_PKG_VERSION")))
            .with_instructions(self.tools.instructions())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools.list()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let tools = Arc::clone(&self.tools);
        let called = tokio::task::spawn_blocking(move || tools.call(&request.name, request.arguments.unwrap_or_default()));
        let called = called.await.map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
        let result = match called {
            Ok(text) => CallToolResult::success(vec![ContentBlock::text(text)]),
            // An agent reads errors, and tries again: they are answers.
            Err(error) => CallToolResult::error(vec![ContentBlock::text(answer::of_error(&error))]),
        };
        Ok(result.into())
    }
}
