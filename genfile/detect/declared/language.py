"""A set of rules as a language for the survey, in addition to the built-in ones."""

from collections.abc import Sequence

from genfile.detect.declared.facts import RuleAnswers, ask
from genfile.detect.declared.finds import workspace_root
from genfile.detect.declared.search import expand
from genfile.detect.language import Claim
from genfile.detect.tree import Project
from genfile.evidence import Draft, Fact
from genfile.spec.base import service_name
from genfile.spec.rules import DetectRules


class Declared:
    """The rules of one preset as a language. ``wins``: the user named the preset, so it precedes the built-in ones."""

    def __init__(self, rules: DetectRules, *, wins: bool = False) -> None:
        self.rules = rules
        self.wins = wins
        self.NAME = rules.language
        self.title = rules.title or rules.language.capitalize()

    def is_candidate(self, names: frozenset[str]) -> bool:
        """Whether a folder with these file names may be a project of this language."""
        plain = (name for name in self.rules.files if not any(char in name for char in "*?[/"))
        return all(name in names for name in plain)

    def claim(self, project: Project) -> Claim | None:
        """Claim a folder that has the files which the rules require; `serving` decides which claims are services."""
        rules = self.rules
        there = [next(expand(project, name), None) for name in rules.files]
        if None in there or any(next(expand(project, name), None) for name in rules.unless):
            return None
        if rules.any and not any(next(expand(project, name), None) for name in rules.any):
            return None
        reason = project.says(there[0] or rules.files[0], None, f"a {self.title} project")
        return Claim("server", reason)

    def serving(self, projects: Sequence[Project]) -> list[Project]:
        """The claimed folders that are services: those where the rules found the first field of `serves`, else the next
        one; without any, all of them."""
        for name in self.rules.serves:
            chosen = [project for project in projects if name in self._answers(project).found]
            if chosen:
                return chosen
        return list(projects)

    def detect(self, project: Project) -> Draft:
        """The facts of a service, its workspace, its name."""
        answers = self._answers(project)
        draft = Draft()
        draft.notes.extend(answers.notes)
        for field, fact in answers.facts.items():
            draft.put(field, fact)
        root = workspace_root(project, self.rules)
        if root is not None and self.rules.workspace is not None:
            folder, says = root
            value = {"tool": self.rules.workspace.tool, "root": folder.spec_path, "member": project.spec_path}
            draft.put("workspace", Fact(value, (says,)))
        # A package manager, a runtime or a site without its main field does not count.
        for table, needed in (("package_manager", "name"), ("runtime", "version"), ("static", "root")):
            if table in draft.values and needed not in draft.values[table]:
                del draft.values[table]
                draft.evidence = {key: fact for key, fact in draft.evidence.items() if not key.startswith(f"/{table}/")}
        draft.values["name"] = service_name(str(draft.values.get("name") or project.folder_name))
        return draft

    def _answers(self, project: Project) -> RuleAnswers:
        key = ("declared", self.NAME, str(id(self.rules)), project.path)
        if key not in project.tree.memory:
            project.tree.memory[key] = ask(project, self.rules)
        answers: RuleAnswers = project.tree.memory[key]
        return answers
