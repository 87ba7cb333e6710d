"""`camera`: name the cameras that clients may ask for by URL, and keep their passwords."""

import click

from server.bootstrap.store import store_of
from server.cli.options import DATABASE, change_options, json_option, print_json, print_result, with_settings
from server.cli.table import print_table
from server.clock import utc_now
from server.config import Settings
from server.services.camera_urls import require_camera_url
from server.store import NamedCamera


@click.group()
def camera() -> None:
    """Name the cameras that clients may ask for by URL, and keep their passwords sealed."""


@camera.command()
@click.argument("name")
@click.argument("url")
@click.option("--user", default="", help="sign in there by this name; the password is asked for, or read from a pipe")
@with_settings(DATABASE)
@change_options
def add(settings: Settings, name: str, url: str, user: str, by: str, as_json: bool) -> None:
    """Allow URL, and what lies below its path, under NAME; another camera of that name is replaced.

    It is asked for pictures where a client of the HTTP of 2019 names it. The password is sealed with the key of the
    templates, and sent as the camera asks for it, by digest or basic. A running server knows within seconds.

    \b
    Example:
      face_recog_server.py camera add b101 http://10.0.3.7:8080/shot.jpg --user viewer
    """
    require_camera_url(url)
    password = click.prompt("Password", hide_input=True, default="", show_default=False, err=True) if user else ""
    with store_of(settings) as store:
        store.cameras.put(NamedCamera(name, url, user, password), at=utc_now(), by=by)
    print_result(as_json, {"camera": name, "url": url, "user": user}, [f"Camera {name} may be asked for: {url}"])


@camera.command(name="list")
@with_settings(DATABASE)
@json_option
def list_cameras(settings: Settings, as_json: bool) -> None:
    """List the cameras, without their passwords."""
    with store_of(settings) as store:
        found = store.cameras.listed()
    if as_json:
        print_json([{"camera": each.name, "url": each.url, "user": each.user} for each in found])
    elif found:
        print_table(("camera", "URL", "user"), [(each.name, each.url, each.user) for each in found], texts=3)
    else:
        click.echo("There is no camera yet: add one by `camera add`, or set camera_urls.")


@camera.command()
@click.argument("name")
@with_settings(DATABASE)
@change_options
def remove(settings: Settings, name: str, by: str, as_json: bool) -> None:
    """Allow the camera NAME no longer, and forget its password."""
    with store_of(settings) as store:
        store.cameras.remove(name, at=utc_now(), by=by)
    print_result(as_json, {"camera": name}, [f"Camera {name} is asked no longer."])
