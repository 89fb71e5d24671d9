"""The synthetic sky of ``tilemaker dev``: maps, a catalogue, boxes and their configuration, the same at every start.

What stands where, for people who try things out and for tests:

* ``demo-f150-i``, ``-q``, ``-u``, ``-ivar`` and the same of ``f090``: the whole sky in pixels of 0.25 degrees (cell-centred, RA
  decreasing along the rows of the file), beam 0.5 degrees. ``demo-f150-i`` is the first layer.
* ``demo-f150-p``, ``-angle``, ``-snr`` and the same of ``f090``: polarised intensity, its angle, and signal-to-noise of intensity.
* ``demo-difference``: intensity at 150 GHz minus 90 GHz; the microwave background cancels, noise and sources stay.
* ``demo-deep-i``, ``demo-deep-ivar``: RA 20 to 40, Dec -7.5 to 7.5 in pixels of 1 arcmin, beam 3 arcmin, the same sky; no data
  outside an ellipse.
* The five `BEACONS` are the brightest sources, exactly at the positions given, in the middle of nowhere, the deep field, on RA 180
  and near the pole. The catalogue (`demo-sources`) lists them first and 75 fainter ones after them.
* Boxes: ``Deep field``; ``Quiet corner``; ``Over RA 180``, which crosses that line.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from astropy.io import fits

from tilemaker.atlas.derived import derived_from
from tilemaker.atlas.filenames import read_name
from tilemaker.atlas.images import FileLayers
from tilemaker.atlas.models import LayerConfig
from tilemaker.providers import FitsSpec
from tilemaker.sky.boxes import SkyBox

from . import synthetic
from .synthetic import PointSource, Sheet, Singles

BEACONS = (
    PointSource("Beacon A", 30.0, 0.0, 6000.0),
    PointSource("Beacon B", -120.0, 35.0, 5000.0),
    PointSource("Beacon C", 150.0, -40.0, 4500.0),
    PointSource("Beacon D", 180.0, 12.0, 4000.0),
    PointSource("Beacon E", -60.0, 72.0, 3500.0),
)

WHOLE_SKY = Sheet(SkyBox(-180.0, 180.0, -90.0, 90.0), pixel_deg=0.25)
DEEP_FIELD = Sheet(SkyBox(20.0, 40.0, -7.5, 7.5), pixel_deg=1 / 60)

_SEED = 20_090_514
_WHOLE_BEAM_DEG, _DEEP_BEAM_DEG = 0.5, 0.05
_SOURCE_SCALE = {"f150": 1.0, "f090": 1.6}
"""Synchrotron sources are brighter at lower frequencies, in units of the microwave background's temperature."""


def write_demo(folder: Path) -> Path:
    """Write maps, catalogue and configuration into an empty folder, and return the configuration's path."""
    random = np.random.default_rng(_SEED)
    sources = [*BEACONS, *_faint_sources(random)]
    background = _write_whole_sky(folder, sources, random)
    _write_deep_field(folder, sources, background, random)
    (folder / "sources.json").write_text(json.dumps([_catalogued(source) for source in sources], indent=1))
    configuration = folder / "dev.json"
    configuration.write_text(json.dumps(_CONFIGURATION, indent=1))
    return configuration


def _write_whole_sky(folder: Path, sources: list[PointSource], random: np.random.Generator) -> Singles:
    """Write maps and inverse variances of the whole sky, and return the intensity of the background alone."""
    temperature = synthetic.temperature_spectrum(_WHOLE_BEAM_DEG)
    background = synthetic.whole_sky(WHOLE_SKY, temperature, synthetic.polarisation_spectrum(_WHOLE_BEAM_DEG), random)
    points = synthetic.point_sources(WHOLE_SKY, sources, _WHOLE_BEAM_DEG)
    for band, scale in _SOURCE_SCALE.items():
        ivar = _scanning_ivar(WHOLE_SKY) * np.float32(scale)
        noise_uk = random.standard_normal(background.shape, dtype=np.float32) / np.sqrt(ivar)
        noise_uk[1:] *= np.sqrt(2.0)  # half of the detectors' signal goes to each of Q and U
        observed = background + noise_uk
        observed[0] += np.float32(scale) * points
        _write(folder / f"whole_{band}_map.fits", WHOLE_SKY, observed, "uK")
        _write(folder / f"whole_{band}_ivar.fits", WHOLE_SKY, ivar, "uK^-2")
    intensity: Singles = background[0]
    return intensity


def _write_deep_field(folder: Path, sources: list[PointSource], background: Singles, random: np.random.Generator) -> None:
    """Write a finer map of part of the same sky: the background seen before, and what the wider beam had smeared out."""
    finer = synthetic.temperature_spectrum(_DEEP_BEAM_DEG) - synthetic.temperature_spectrum(_WHOLE_BEAM_DEG)
    observed = synthetic.resampled(background, WHOLE_SKY, DEEP_FIELD) + synthetic.flat_sky(DEEP_FIELD, finer, random)
    observed += synthetic.point_sources(DEEP_FIELD, sources, _DEEP_BEAM_DEG)
    ivar = _elliptical_ivar(DEEP_FIELD)
    with np.errstate(divide="ignore"):
        noise_uk = random.standard_normal(observed.shape, dtype=np.float32) / np.sqrt(ivar)
    _write(folder / "deep_f150_map.fits", DEEP_FIELD, np.where(ivar > 0, observed + noise_uk, np.float32(np.nan)), "uK")
    _write(folder / "deep_f150_ivar.fits", DEEP_FIELD, ivar, "uK^-2")


def _scanning_ivar(sheet: Sheet) -> Singles:
    """Return the depth of a satellite that spins about the Sun's direction: deepest at the ecliptic poles."""
    dec, ra = np.radians(sheet.dec_deg)[:, None], np.radians(sheet.ra_deg)[None, :]
    obliquity = np.radians(23.44)
    sin_latitude = np.sin(dec) * np.cos(obliquity) - np.cos(dec) * np.sin(obliquity) * np.sin(ra)
    return np.asarray(0.4 / np.sqrt(1.02 - sin_latitude**2), np.float32)


def _elliptical_ivar(sheet: Sheet) -> Singles:
    """Return a depth that falls towards the edge of an ellipse and is zero beyond it."""
    box = sheet.box
    north = (2 * sheet.dec_deg - box.south_deg - box.north_deg) / box.height_deg
    east = (2 * sheet.ra_deg - box.west_deg - box.east_deg) / box.width_deg
    return np.maximum(0.0, 0.04 * (1.0 - north[:, None] ** 2 - east[None, :] ** 2)).astype(np.float32)


def _faint_sources(random: np.random.Generator) -> list[PointSource]:
    """Return 50 sources all over the sky and 25 in the deep field, their places rounded as the catalogue prints them."""
    everywhere = random.uniform(-180, 180, 50), np.degrees(np.arcsin(random.uniform(-0.97, 0.97, 50)))
    deep = random.uniform(22, 38, 25), random.uniform(-6, 6, 25)
    ra_deg, dec_deg = (np.concatenate(pair).round(4) for pair in zip(everywhere, deep, strict=True))
    peak_uk = np.minimum(250.0 * (1.0 + random.pareto(1.2, ra_deg.size)), 2500.0).round(1)
    positions = enumerate(zip(ra_deg.tolist(), dec_deg.tolist(), peak_uk.tolist(), strict=True), start=1)
    return [PointSource(f"Demo {number:03d}", *position) for number, position in positions]


def _catalogued(source: PointSource) -> dict[str, object]:
    """Return a source as the catalogue has it."""
    extra = {"peak_f150_uK": source.peak_uk, "peak_f090_uK": round(source.peak_uk * _SOURCE_SCALE["f090"], 1)}
    return {"name": source.name, "ra": source.ra_deg, "dec": source.dec_deg, "extra": extra}


def _write(path: Path, sheet: Sheet, pixels: Singles, unit: str) -> None:
    """Write a map as surveys do: RA decreasing along the rows, so that the file looks like the sky."""
    rows, columns = sheet.shape
    header = fits.Header(
        {
            "CTYPE1": "RA---CAR",
            "CTYPE2": "DEC--CAR",
            "CUNIT1": "deg",
            "CUNIT2": "deg",
            "CDELT1": -sheet.pixel_deg,
            "CDELT2": sheet.pixel_deg,
            "CRVAL1": (sheet.box.west_deg + sheet.box.east_deg) / 2,
            "CRVAL2": 0.0,
            "CRPIX1": columns / 2 + 0.5,
            "CRPIX2": 0.5 - sheet.box.south_deg / sheet.pixel_deg,
            "RADESYS": "ICRS",
            "BUNIT": unit,
            "POLCCONV": "IAU",
            "OBJECT": "synthetic sky",
        }
    )
    fits.PrimaryHDU(pixels[..., ::-1].astype(">f4"), header).writeto(path)


def _layer(layer_id: str, name: str, filename: str, index: int | None = None, **look: object) -> dict[str, object]:
    provider = {"provider_type": "fits", "filename": filename} | ({} if index is None else {"index": index})
    return {"layer_id": layer_id, "name": name, "provider": provider, **look}


def _band(band: str, description: str) -> dict[str, object]:
    sky = f"whole_{band}_map.fits"
    temperature = {"units": "uK", "vmin": -300.0, "vmax": 300.0, "cmap": "planck"}
    polarisation = {"units": "uK", "vmin": -4.0, "vmax": 4.0, "cmap": "RdBu_r"}
    layers = [
        _layer(f"demo-{band}-i", "I", sky, 0, quantity="T", **temperature),
        _layer(f"demo-{band}-q", "Q", sky, 1, quantity="Q", **polarisation),
        _layer(f"demo-{band}-u", "U", sky, 2, quantity="U", **polarisation),
        _layer(f"demo-{band}-ivar", "Inverse variance", f"whole_{band}_ivar.fits", quantity="ivar", units="uK^-2", cmap="viridis"),
        *_derived(band, sky),
    ]
    return {"band_id": f"demo-{band}", "name": band, "description": description, "layers": layers}


def _derived(band: str, sky: str) -> list[dict[str, object]]:
    """Return what follows from the maps of a band, with the sentences that `tilemaker open` has for it."""
    names = read_name(Path(sky))
    stokes = {"T": (0, "I"), "Q": (1, "Q"), "U": (2, "U")}
    planes = (
        LayerConfig(name=name, quantity=quantity, units="uK", provider=FitsSpec(filename=Path(sky), index=index))
        for quantity, (index, name) in stokes.items()
    )
    variance = LayerConfig(name="Inverse variance", quantity="ivar", provider=FitsSpec(filename=Path(f"whole_{band}_ivar.fits")))
    files = [FileLayers(Path(sky), names, tuple(planes), "IAU"), FileLayers(Path(sky), names, (variance,))]
    own: dict[str, dict[str, object]] = {
        "P": {"layer_id": f"demo-{band}-p", "vmax": 4.0},
        "psi": {"layer_id": f"demo-{band}-angle"},
        "S/N": {"layer_id": f"demo-{band}-snr"},
    }
    return [layer.model_dump(mode="json", exclude_none=True) | own[str(layer.quantity)] for layer in derived_from(files)]


def _box(name: str, description: str, left_deg: float, right_deg: float, top_deg: float, bottom_deg: float) -> dict[str, object]:  # noqa: PLR0913  the four sides
    corners = {"top_left_ra": left_deg, "top_left_dec": top_deg, "bottom_right_ra": right_deg, "bottom_right_dec": bottom_deg}
    return {"name": name, "description": description, **corners}


_DIFFERENCE = {
    "layer_id": "demo-difference",
    "name": "I, f150 minus f090",
    "description": "The microwave background cancels; noise and sources stay.",
    "provider": {
        "provider_type": "fits_combination",
        "providers": [{"provider_type": "fits", "filename": f"whole_{band}_map.fits", "index": 0} for band in ("f150", "f090")],
        "function": "-",
    },
    "quantity": "T",
    "units": "uK",
    "vmin": -10.0,
    "vmax": 10.0,
    "cmap": "RdBu_r",
}

_DEEP_LAYERS = [
    _layer("demo-deep-i", "I", "deep_f150_map.fits", quantity="T", units="uK", vmin=-300.0, vmax=300.0, cmap="planck"),
    _layer("demo-deep-ivar", "Inverse variance", "deep_f150_ivar.fits", quantity="ivar", units="uK^-2", cmap="viridis"),
]

_MAPS = [
    {
        "map_id": "demo-whole",
        "name": "Whole sky",
        "description": "Quarter-degree pixels, half-degree beam.",
        "bands": [
            _band("f150", "150 GHz"),
            _band("f090", "90 GHz"),
            {"band_id": "demo-both", "name": "f150 - f090", "description": "Difference of the two bands", "layers": [_DIFFERENCE]},
        ],
    },
    {
        "map_id": "demo-deep",
        "name": "Deep field",
        "description": "One-arcminute pixels, three-arcminute beam.",
        "bands": [{"band_id": "demo-deep-f150", "name": "f150", "description": "150 GHz", "layers": _DEEP_LAYERS}],
    },
]

_CONFIGURATION = {
    "map_groups": [
        {"map_group_id": "demo", "name": "Synthetic sky", "description": "Made up at the start of tilemaker dev.", "maps": _MAPS}
    ],
    "source_groups": [
        {
            "source_group_id": "demo-sources",
            "name": "Synthetic sources",
            "description": "Every point source of the synthetic sky.",
            "provider": {"file_type": "json", "filename": "sources.json"},
        }
    ],
    "boxes": [
        _box("Deep field", "Where the finer map is.", 40.0, 20.0, 7.5, -7.5),
        _box("Quiet corner", "Few sources.", -60.0, -80.0, -20.0, -32.0),
        _box("Over RA 180", "Crosses the line where right ascensions wrap.", -172.0, 172.0, 18.0, 6.0),
    ],
}
