from web import create_app

application = create_app()
