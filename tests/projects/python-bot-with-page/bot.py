import os

import discord
from discord.ext import commands
from page import stay_awake


class Librarian(commands.Bot):
    async def setup_hook(self):
        print("ready")


if __name__ == "__main__":
    stay_awake()
    Librarian(command_prefix="!", intents=discord.Intents.default()).run(os.environ["DISCORD_TOKEN"])
