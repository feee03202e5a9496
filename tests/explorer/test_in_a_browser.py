"""The page as a reader has it: each thing it can do, done in a browser."""

from __future__ import annotations

import numpy as np
import pytest

import graphdiff as gd


def neuron():
    graph = gd.Graph("One neuron")
    x, w, b = graph.input("x", 1.5), graph.parameter("w", 0.4), graph.parameter("b", 0.1)
    y = graph.input("y", 1)
    z = graph.node("z", w * x + b)
    a = graph.node("a", gd.sigmoid(z))
    graph.node("L", (a - y) ** 2)
    return graph


def softmax():
    r = np.random.default_rng(1)
    graph = gd.Graph("Softmax regression")
    X, Y = graph.input("X", r.normal(size=(4, 3))), graph.input("Y", np.eye(3)[[0, 1, 2, 1]])
    W, b = graph.parameter("W", r.normal(size=(3, 3))), graph.parameter("b", np.zeros(3))
    graph.node("L", gd.cross_entropy_with_logits(graph.node("Z", X @ W + b), Y))
    return graph


def number(text):
    """Return the number behind = or ≈."""
    return float(text.replace("−", "-").replace("≈", "=").rpartition("=")[2])


def shown(page, name, role):
    """Return the number that stands in a node."""
    return number(page.locator(f'g.node[data-node="{name}"] g.live.{role} text').text_content())


def test_every_number_follows_a_change(opened):
    graph = neuron()
    found = opened(graph.explore().html)
    for w in (0.4, 2.0, -3.5):
        found.page.get_by_role("spinbutton", name="w").fill(str(w))
        run = graph.backward("L", {"w": w})
        for node in graph.nodes:
            assert shown(found.page, node.name, "value") == pytest.approx(
                run.value[node.name], rel=6e-4
            )
            if node.kind != "input":
                assert shown(found.page, node.name, "P") == pytest.approx(
                    run.P[node.name], rel=6e-4
                )
    assert not found.complaints
    assert len(found.requests) == 1  # the page itself


def test_a_slider_moves_the_number(opened):
    page = opened(neuron().explore().html).page
    page.get_by_role("slider", name="w, slider").evaluate(
        "slider => { slider.value = 1; slider.dispatchEvent(new Event('input')); }"
    )
    assert page.get_by_role("spinbutton", name="w").input_value() == "1"
    assert shown(page, "z", "value") == pytest.approx(1.6)


def test_through_the_sweeps_by_keys(opened):
    graph = neuron()
    page = opened(graph.explore().html).page
    page.keyboard.press("Home")
    caption = page.locator(".caption")
    assert page.locator('g.node[data-node="z"] g.live.value text').count() == 0
    page.keyboard.press("ArrowRight")
    assert shown(page, "z", "value") == pytest.approx(0.7)
    assert "0.7" in caption.text_content()
    assert "now" in page.locator('g.node[data-node="z"]').get_attribute("class")
    for _ in range(4):  # a, L, P of L and of a, then P of z
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator(".caption .numbers").text_content() == "(−0.6636) · 0.2217"
    assert number(caption.text_content()) == pytest.approx(graph.backward("L").P["z"], rel=6e-4)
    page.keyboard.press("End")
    assert page.locator(".count").text_content() == "11 of 11"
    page.keyboard.press("ArrowLeft")
    assert page.locator(".count").text_content() == "10 of 11"


def test_all_about_a_node_by_the_keyboard_alone(opened):
    graph = neuron()
    page = opened(graph.explore().html).page
    page.locator('g.node[data-node="w"]').focus()
    page.keyboard.press("Enter")
    details = page.locator(".details")
    run = graph.backward("L")
    last = details.locator("table tr").last.locator("td").last
    assert number(last.text_content()) == pytest.approx(run.P["w"], rel=6e-4)
    details.get_by_role("button").click()
    predicted, measured = map(number, details.locator("output").text_content().split(";"))
    moved = graph.forward({"w": 0.41}).value["L"] - run.value["L"]
    assert predicted == pytest.approx(0.01 * run.P["w"], rel=6e-4)
    assert measured == pytest.approx(moved, rel=6e-4)
    page.locator('g.node[data-node="w"]').focus()
    page.keyboard.press("Enter")
    assert details.count() == 0


def test_it_descends_as_the_engine_does(opened):
    graph = softmax()
    page = opened(graph.explore().html).page
    page.get_by_role("button", name="Ten").click()
    page.get_by_role("button", name="One step").click()
    trace = gd.learning.minimise(graph, gd.learning.gradient_descent(0.1), steps=11)
    losses = [graph.forward(state.values).value["L"] for state in trace]
    assert shown(page, "L", "value") == pytest.approx(losses[11], rel=6e-4)
    assert page.locator(".curve polyline").count() == 1
    page.get_by_role("button", name="Undo").click()
    assert shown(page, "L", "value") == pytest.approx(losses[10], rel=6e-4)
    assert page.locator(".descent output").text_content().startswith("10 steps")
    page.get_by_role("button", name="Reset").click()
    assert page.locator(".descent output").text_content().startswith("0 steps")
    assert shown(page, "L", "value") == pytest.approx(losses[0], rel=6e-4)


def test_an_address_leads_back(opened):
    graph = neuron()
    html = graph.explore().html
    page = opened(html).page
    page.get_by_role("spinbutton", name="w").fill("2")
    page.keyboard.press("Tab")
    page.locator(".stepping input").focus()
    page.keyboard.press("Home")
    page.wait_for_url("**step=0**")
    again = opened(html, page.url[page.url.index("#") :]).page
    assert again.get_by_role("spinbutton", name="w").input_value() == "2"
    assert again.locator(".count").text_content() == "1 of 11"
    odd = opened(html, "#v.w=nan&step=99&node=nobody&v.q=1&rate=-1")
    assert shown(odd.page, "w", "value") == pytest.approx(0.4)
    assert odd.page.locator(".count").text_content() == "11 of 11"
    before = opened(html, "#step=-3").page
    assert before.locator(".count").text_content() == "11 of 11"
    assert not odd.complaints


def test_what_the_output_does_not_depend_on_and_what_is_not_defined(opened):
    graph = gd.Graph()
    x, c, d = (graph.parameter(name, 2.0) for name in "xcd")
    graph.node("side", c + d)
    graph.node("L", gd.log(x))
    page = opened(graph.explore(graph.backward("L")).html).page
    told = page.locator(".caption").locator("svg").get_attribute("aria-label")
    assert told.endswith("= 0 (L does not depend on c, d, side)")
    page.get_by_role("spinbutton", name="x").fill("-1")
    text = page.locator('g.node[data-node="L"] g.live.value text').text_content()
    assert text == "not defined"


def test_hostile_words_do_nothing(opened):
    graph = gd.Graph("</script><script>document.title = 'taken'</script>")
    w = graph.parameter("__proto__", 2.0)
    graph.node("L", w * w)
    found = opened(graph.explore().html)
    assert found.page.title().startswith("</script>")
    assert shown(found.page, "L", "value") == 4
    assert not found.complaints


@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_is_wider_than_a_small_screen(opened, width):
    page = opened(softmax().explore().html).page
    page.set_viewport_size({"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_in_a_frame_without_an_address(opened):
    found = opened(f"<!DOCTYPE html><title>t</title>{neuron().explore()._repr_html_()}")
    frame = found.page.frame_locator("iframe")
    frame.get_by_role("spinbutton", name="w").fill("2")
    text = frame.locator('g.node[data-node="z"] g.live.value text').text_content()
    assert number(text) == pytest.approx(3.1)
    found.page.wait_for_timeout(300)
    assert not found.complaints
