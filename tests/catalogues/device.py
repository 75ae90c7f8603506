"""A network device on loopback, which runs a command on a channel of its own and knows no shell: device.py ADDRESS PORT...

Each port is another device: `status` ends with an exit status, `silent` without one, `cut` in the midst, `slow` only after a while.
"""

import asyncio
import sys

import asyncssh

ARP = [
    "Protocol  Address          Age (min)  Hardware Addr   Type   Interface",
    "Internet  10.0.0.1                -   0011.2233.4455  ARPA   Vlan10",
    "Internet  10.0.0.7               12   0011.2233.44aa  ARPA   Vlan10",
]


class Device(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return False


def process(kind: str):
    async def run(process: asyncssh.SSHServerProcess) -> None:
        if process.command != "show ip arp":
            # A device that is asked for a shell would show its prompt.
            process.stdout.write("          ^\r\n% Invalid input detected at '^' marker.\r\n\r\n")
            process.exit(0)
            return
        if kind == "slow":
            await asyncio.sleep(3)
        for line in ARP[:2]:
            process.stdout.write(line + "\r\n")
        if kind == "cut":
            await process.stdout.drain()
            process.channel.get_connection().abort()
            return
        process.stdout.write(ARP[2] + "\r\n")
        if kind == "silent":
            process.close()
        else:
            process.exit(0)

    return run


async def main() -> None:
    address, *kinds = sys.argv[1:]
    key = asyncssh.generate_private_key("ssh-ed25519")
    for kind in kinds:
        server = await asyncssh.create_server(Device, address, 0, server_host_keys=[key], process_factory=process(kind))
        print(kind, server.sockets[0].getsockname()[1], flush=True)
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
