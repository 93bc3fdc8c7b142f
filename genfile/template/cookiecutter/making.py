"""The files of a project, with hooks: rendered once for the result, and again to find what varies."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from genfile.bundle import Bundle
from genfile.errors import PresetError
from genfile.template.cookiecutter import hooks
from genfile.template.cookiecutter.files import FileRenderer, project_folder
from genfile.template.cookiecutter.results import read_results
from genfile.template.cookiecutter.texts import Texts, guarded
from genfile.template.project import Again, Hooked, NewFile

Context = Mapping[str, Any]


class Baked(Struct, frozen=True):
    """The files to write, and the part that hooks had in them."""

    files: dict[str, NewFile]
    folders: tuple[str, ...]
    hooked: Hooked | None


class Making(Struct, frozen=True):
    """One template, its texts, and where its hooks run; without a place none runs."""

    bundle: Bundle
    folder: str
    texts: Texts
    work: hooks.HookWorkspace | None

    def first(self, context: Context, name: str, output: str) -> Baked:
        """The project. ``output``: the folder that its own will lie in."""
        if self.work is None:
            files = self._rendered(context)
            return Baked(files.done, files.empty_folders(), None)
        files, place = self._run(self.work, context, name, self.work.output)
        results = read_results(place, files.done, (str(self.work.output), output))
        return Baked(results.files, tuple(results.folders), results.hooked(files.done))

    def second(self, made: Baked, context: Context, notes: list[str]) -> Again:
        """The same once more; hooks run again where they added or changed anything that is not ignored."""
        rendered = self._rendered(context).done
        if self.work is None or made.hooked is None or not _changed(made.files, made.hooked):
            return Again(rendered, rendered)
        hooks.next_second()
        try:
            name = project_folder(self.folder, context, self.texts)
            files, place = self._run(self.work, context, name, self.work.second, quiet=True)
            return Again(files.done, read_results(place, files.done).files)
        except PresetError as error:
            notes.append(
                "updates do not include the files that hooks create, since a second run of the hooks failed: "
                f"{error.message}"
            )
            return Again(rendered, rendered)

    def _rendered(self, context: Context) -> FileRenderer:
        files = FileRenderer(self.bundle, self.folder, context, self.texts)
        files.render()
        return files

    def _run(
        self, work: hooks.HookWorkspace, context: Context, name: str, output: Path, *, quiet: bool = False
    ) -> tuple[FileRenderer, Path]:
        """The files as they were rendered, and the folder that holds them, all hooks run."""
        place = work.make_project(name, output)
        inside = {**context, "cookiecutter": {**context["cookiecutter"], "_output_dir": str(output)}}
        self._run_hook("pre_gen_project", inside, work, place, quiet=quiet)
        files = self._rendered(context)
        hooks.write(place, files.done, files.empty_folders())
        self._run_hook("post_gen_project", inside, work, place, quiet=quiet)
        return files, place

    def _run_hook(self, hook: str, context: Context, work: hooks.HookWorkspace, place: Path, *, quiet: bool) -> None:
        """Render the scripts of a hook, and run them in the project's folder."""
        for path in hooks.hooks_of(self.bundle.files, hook):
            with guarded(path):
                source = self.bundle.files[path].decode("utf-8")
            work.run(path, self.texts.render(source, context, path), place, quiet=quiet)


def _changed(files: Mapping[str, NewFile], hooked: Hooked) -> bool:
    contents = {path: file.content for path, file in hooked.rendered.items()}
    return any(file.content != contents.get(path) for path, file in files.items() if path not in hooked.ignored)
