from aiohttp import web


def main():
    web.run_app(web.Application(), port=9100)
