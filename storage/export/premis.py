"""The history of a package in PREMIS 3: its files with their hashes, what happened to them, who and what acted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from xml.etree import ElementTree as ET

from storage.export.trees import PREMIS, XSI, child, root_of
from storage.export.values import Agent, Event, Package, Payload, local

_FORMATS: Final = {
    "application/pdf": ("PDF/A", "2u"),
    "application/alto+xml": ("ALTO", "4.4"),
    "application/json": ("JSON", None),
    "application/xml": ("XML", "1.0"),
}
"""Media type to name and version of the format."""


def premis_of(package: Package, events: Sequence[Event], agents: Iterable[Agent]) -> ET.Element:
    """Tell the history of every file that belongs to a record."""
    root = root_of(PREMIS, "premis", {"version": "3.0"})
    names = [f"event-{number:05d}" for number in range(1, len(events) + 1)]
    named = tuple(zip(names, events, strict=True))
    for paper in package.papers:
        linked = [name for name, event in named if event.record_id in ("", paper.row.record_id)]
        for payload in paper.files:
            _object(root, payload, linked)
    for name, event in named:
        papers = [paper for paper in package.papers if event.record_id in ("", paper.row.record_id)]
        _event(root, name, event, [paper.files[0] for paper in papers])
    for agent in agents:
        _agent(root, agent)
    return root


def _object(root: ET.Element, payload: Payload, events: Iterable[str]) -> None:
    made = child(root, "object", attributes={f"{{{XSI}}}type": "premis:file"})
    _identifier(made, "objectIdentifier", "local", payload.path)
    about = child(made, "objectCharacteristics")
    child(about, "compositionLevel", 0)
    for algorithm, digest in (("SHA-256", payload.sha256), ("SHA-512", payload.sha512)):
        fixity = child(about, "fixity")
        child(fixity, "messageDigestAlgorithm", algorithm)
        child(fixity, "messageDigest", digest)
    child(about, "size", payload.size)
    name, version = _FORMATS[payload.media_type]
    designation = child(child(about, "format"), "formatDesignation")
    child(designation, "formatName", name)
    if version:
        child(designation, "formatVersion", version)
    for event in events:
        _identifier(made, "linkingEventIdentifier", "local", event)


def _event(root: ET.Element, name: str, event: Event, about: Iterable[Payload]) -> None:
    made = child(root, "event")
    _identifier(made, "eventIdentifier", "local", name)
    child(made, "eventType", event.kind)
    child(made, "eventDateTime", local(event.at))
    child(child(made, "eventDetailInformation"), "eventDetail", event.detail)
    child(child(made, "eventOutcomeInformation"), "eventOutcome", event.outcome)
    for agent in event.agents:
        _identifier(made, "linkingAgentIdentifier", "local", agent)
    for payload in about:
        _identifier(made, "linkingObjectIdentifier", "local", payload.path)


def _agent(root: ET.Element, agent: Agent) -> None:
    made = child(root, "agent")
    _identifier(made, "agentIdentifier", "local", agent.id)
    child(made, "agentName", agent.name)
    child(made, "agentType", agent.kind)
    if agent.version:
        child(made, "agentVersion", agent.version)


def _identifier(parent: ET.Element, name: str, kind: str, value: str) -> None:
    made = child(parent, name)
    child(made, f"{name}Type", kind)
    child(made, f"{name}Value", value)
