"""Asks an `outparse mcp` what is on standard input, a call a line, through the protocol's own client; a line of JSON for each answer.

Usage: client.py PROGRAM [ARGUMENTS]..., with calls like `["show_schema", {"command": "df"}]`; `"tools"` asks for the tools.
"""

import asyncio
import json
import sys

from mcp import ClientSession, StdioServerParameters, stdio_client


async def main():
    server = StdioServerParameters(command=sys.argv[1], args=sys.argv[2:], env=None)
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        begun = await session.initialize()
        print(json.dumps({"server": begun.server_info.name, "instructions": begun.instructions}))
        for line in sys.stdin:
            asked = json.loads(line)
            if asked == "tools":
                tools = (await session.list_tools()).tools
                print(json.dumps([{"name": tool.name, "schema": tool.input_schema} for tool in tools]))
            else:
                answer = await session.call_tool(asked[0], asked[1])
                print(json.dumps({"error": bool(answer.is_error), "text": answer.content[0].text}))


asyncio.run(main())
