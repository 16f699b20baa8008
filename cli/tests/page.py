# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""page.py DIRECTORY [PICTURES] - look at the pages that page.sh made, as a person does: with the mouse, with the keyboard
alone, in both colours, on a wide and a narrow screen. Ends with an exception at the first thing that is wrong.
"""
import os
import re
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

DIRECTORY, PICTURES = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
WIDE, NARROW = (1360, 900), (390, 800)


def start(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
                     "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
                     f"--user-data-dir={profile}"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    driver.set_page_load_timeout(120)
    driver.set_script_timeout(120)
    return driver


class Page:
    def __init__(self, driver):
        self.driver = driver
        self.colours("light")

    def open(self, name, size=WIDE, address=""):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False})
        self.driver.get("about:blank")
        self.driver.get(f"file://{DIRECTORY}/{name}/index.html{address}")
        WebDriverWait(self.driver, 60).until(lambda d: self.run("return document.documentElement.dataset.ready") == "yes")

    def colours(self, scheme):
        features = [{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.one(selector).text

    def keys(self, *keys):
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def focused(self):
        return self.driver.switch_to.active_element

    def picture(self, name, size=WIDE, whole=True):
        if not PICTURES:
            return
        height = self.run("return document.documentElement.scrollHeight") if whole else size[1]
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": size[0], "height": height, "deviceScaleFactor": 1, "mobile": False})
        self.driver.save_screenshot(os.path.join(PICTURES, name + ".png"))


def equal(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


def quiet(page):
    """Nothing was complained about, and nothing came from elsewhere."""
    said = [entry for entry in page.driver.get_log("browser")]
    assert not said, said
    loaded = page.run("return performance.getEntriesByType('resource').map((e) => e.name).concat(location.href)")
    assert all(url.startswith(("file:", "data:")) for url in loaded), loaded


# ---- what is always true of a page

CONTRAST = """
const parse = (text) => {
  const n = text.match(/[\\d.]+/g).map(Number);
  return { rgb: n.slice(0, 3), alpha: n.length > 3 ? n[3] : 1 };
};
const light = (rgb) => {
  const [r, g, b] = rgb.map((v) => ((v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (node) => {
  const rect = node.closest("g.cell") && node.closest("g.cell").querySelector("rect");
  if (rect) return parse(getComputedStyle(rect).fill).rgb;
  for (let at = node; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour.alpha > 0) return colour.rgb;
  }
  return [255, 255, 255];
};
const bad = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; (node = walker.nextNode()); ) {
  const at = node.parentElement, box = at.getBoundingClientRect();
  const unseen = ["SCRIPT", "STYLE", "NOSCRIPT", "OPTION", "title"].includes(at.tagName);
  if (!node.data.trim() || !box.width || !box.height || unseen) continue;
  const style = getComputedStyle(at), colour = parse(at instanceof SVGElement ? style.fill : style.color).rgb, back = ground(at);
  const [a, b] = [light(colour), light(back)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
  const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
  const name = at.className.baseVal || at.className || at.tagName;
  if (ratio < (large ? 3 : 4.5)) bad.push(`${node.data.trim().slice(0, 40)} (${name}): ${ratio.toFixed(2)}`);
}
return bad;
"""

LABELS = """
const bad = [];
for (const cell of document.querySelectorAll("#treemap g.cell")) {
  const area = cell.querySelector("rect").getBoundingClientRect();
  for (const text of cell.querySelectorAll("text")) {
    const box = text.getBoundingClientRect();
    if (box.right > area.right + 1 || box.bottom > area.bottom + 2) bad.push(text.textContent);
  }
}
const groups = [...document.querySelectorAll("#treemap text.group")].map((t) => [t.textContent, t.getBoundingClientRect()]);
groups.forEach(([one, a], i) => groups.slice(i + 1).forEach(([two, b]) => {
  if (a.left < b.right && b.left < a.right && a.top < b.bottom - 2 && b.top < a.bottom - 2) bad.push(one + " over " + two);
}));
return bad;
"""


def has_names(page):
    """What a screen reader is told: everything that can be used has a name, and headings have an order."""
    nodes = page.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    used = {"button", "link", "radio", "textbox", "searchbox", "combobox", "region", "group", "navigation"}
    count = 0
    for node in nodes:
        role = node.get("role", {}).get("value")
        if node.get("ignored") or role not in used:
            continue
        count += 1
        assert node.get("name", {}).get("value", "").strip() or role == "group", f"a {role} without a name: {node}"
    assert count > 10, "hardly anything can be used"
    levels = page.run("return [...document.querySelectorAll('h1, h2, h3, h4')].filter((h) => h.offsetParent)"
                      ".map((h) => Number(h.tagName[1]))")
    equal(levels[0], 1, "the first heading")
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:])), levels


def always(page, size):
    equal(page.run(CONTRAST), [], "text without contrast")
    equal(page.run(LABELS), [], "labels outside their areas")
    has_names(page)
    assert page.run("return document.documentElement.scrollWidth") <= size[0], "the page is wider than the screen"
    quiet(page)


# ---- what a person does

def look_at_odd_texts(page):
    page.open("odd")
    equal(page.driver.title, "Odd <b>page</b>: allocations", "the title")
    equal(page.text("h1"), "Odd <b>page</b>", "the heading")
    equal(page.run("return window.broken"), None, "a script of the source ran")
    equal(len(page.all(".injected, main b, main img, main script")), 0, "elements out of the source")
    page.one("#search").send_keys("injected")
    equal(page.text("#count"), "1 of 6 findings", "found by its expression")
    page.one("#list button").click()
    equal(page.text("#detail-title"), 'make("</script><b class=injected>")', "the expression")
    lines = [line.text for line in page.all("#source .line code")]
    equal(lines[1], 'char *a = "</script><script>window.broken = 1</script>";', "a line as it is")
    assert "caf\u00e9 \ufffd\ufffd" in lines[3], lines[3]
    equal(len(page.all(".injected, main b, main img, main script")), 0, "elements out of the source")
    always(page, WIDE)


def filter_and_choose(page):
    page.open("odd")
    equal(page.text("#count"), "5 of 6 findings", "allocations first")
    Select(page.one("#reason")).select_by_value("stored in a global")
    equal(len(page.all("#list li")), 1, "by reason")
    page.one("#search").send_keys("no such thing")
    assert page.one("#none").is_displayed() and not page.all("#list li"), "an empty list says so"
    page.one("#none-clear").click()
    equal(page.text("#count"), "5 of 6 findings", "cleared")
    Select(page.one("#kind")).select_by_value("param")
    equal(page.text("#list .name"), "leaking param: q", "a parameter")
    Select(page.one("#kind")).select_by_value("")
    equal(page.text("#count"), "6 of 6 findings", "everything")
    page.one("#clear").click()
    page.run("[...document.querySelectorAll('#list button')].find((b) => b.textContent.includes('gone.c')).click()")
    assert "was not found" in page.text("#source"), "a source that is missing"
    assert "noescape" in page.text(".advice"), "an advice"
    equal(page.run("return location.hash.slice(0, 7)"), "#place=", "the address names the place")
    page.driver.back()


def read_a_flow(page):
    page.open("odd")
    cells = page.all("#treemap .cell")
    equal(len(cells), 5, "an area for each place")
    cell = next(c for c in cells if "stored in global kept" in c.get_attribute("aria-label"))
    ActionChains(page.driver).move_to_element(cell).click().perform()
    equal(page.text("#detail-title"), "malloc(64)", "the place of the area")
    steps = [step.text.split("\n") for step in page.all(".steps li")]
    equal(len(steps), 3, "steps")
    equal(steps[0][0], "made by malloc(64)", "the first step")
    equal(steps[1], ["held by p", "init src/odd <name>.c:7", "void *p = malloc(64);"], "the second step")
    equal(steps[2], ["anything that outlives the function", "stored in global src/odd <name>.c:8", "kept = p;"], "the last step")
    page.all(".steps li")[2].find_element(By.CSS_SELECTOR, "button.link").click()
    equal(page.focused().get_attribute("aria-label"), "Lines of src/odd <name>.c", "the source has the focus")
    assert page.one('#source [data-line="8"]').get_attribute("class").startswith("line marked"), "the step's line is marked"
    remarks = [remark.text for remark in page.all("#source .remark")]
    assert any(text.startswith("escapes to heap: stored in global kept") for text in remarks), remarks
    next(r for r in page.all("#source .remark") if "returned" in r.text).click()
    assert "returned" in page.text(".verdict"), "a finding beside a line is chosen"
    page.open("odd", address=page.run("return location.hash"))
    assert "returned" in page.text(".verdict"), "the address opens the same place"
    always(page, WIDE)


def compare_two_runs(page):
    page.open("odd")
    charts = page.all("#compare-charts figure")
    equal(len(charts), 4, "a chart for each number that both have")
    equal(page.run("return [...document.querySelectorAll('#compare-charts .change')].map((e) => e.textContent)"),
          ["\u221250.1 %", "the same", "the same", "the same"], "changes of medians")
    said = page.run("return document.querySelector('#compare-charts .hidden').textContent")
    equal(said, ": 905 before, 452 after", "the numbers for who sees no bars")


def compare_classes_and_places(page):
    page.open("odd")
    texts = "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)"
    equal(page.run(texts, "#compare-classes figcaption"),
          ["up to 64 B\u221289.6 %: 500 before, 52 after", "up to 32 Bthe same: 400 before, 400 after", "largernew: 0 before, 3 after"],
          "size classes")
    equal(page.run(texts, "#compare-sites .charts figcaption")[0],
          "f, src/odd <name>.c:17\u221290.0 %: 58.6 KiB before, 6000 B after".replace("6000", "6,000"), "a place whose line moved is one")
    equal(len(page.all("#compare-sites .charts figure")), 4, "places of before and of after")
    # Two maps on one scale: the areas are bytes.
    equal(page.run(texts, "#compare-sites .maps figcaption"), ["Before: 78.1 KiB", "After: 29.3 KiB"], "what the maps hold")
    areas = page.run("""return [...document.querySelectorAll('#compare-sites .maps svg')].map((svg) =>
        [...svg.querySelectorAll('rect')].reduce((sum, r) => sum + r.getAttribute('width') * r.getAttribute('height'), 0))""")
    assert 0.3 < areas[1] / areas[0] < 0.45, f"the areas are {areas}, of 80000 and 30000 bytes"
    equal(page.run(texts, "#compare-sites .maps figure:last-child .more title"), ["more, new.c:9: 0 B before, 4.88 KiB after".replace("4.88 KiB", "5,000 B")], "what is new")
    for svg in page.all("#compare-sites .maps svg"):
        assert svg.get_attribute("role") == "img" and "places" in svg.get_attribute("aria-label"), "a map has a name"
    always(page, WIDE)
    page.colours("dark")
    always(page, WIDE)
    page.colours("light")


def read_the_changes(page):
    page.open("odd")
    items = page.all("#changes-list li")
    kinds = [item.find_element(By.CSS_SELECTOR, ".change").text for item in items]
    equal(kinds, ["worse", "better", "removed"], "the kinds of changes")
    assert "moved to stack \u2192 escapes to heap: stored in global kept" in items[0].text, items[0].text
    assert page.text("#changes-note").startswith("3 allocations of the source; 1 more on the heap"), page.text("#changes-note")
    assert not items[2].find_elements(By.CSS_SELECTOR, "button"), "what is gone cannot be opened"
    # By the keyboard alone: Enter on the place opens it below.
    button = items[0].find_element(By.CSS_SELECTOR, "button")
    page.run("arguments[0].focus()", button)
    page.keys(Keys.ENTER)
    assert "stored in global kept" in page.text(".verdict"), page.text(".verdict")
    always(page, WIDE)


def background(page):
    return page.run("return getComputedStyle(document.body).backgroundColor")


def switch_colours(page):
    page.open("odd")
    light = background(page)
    page.run("document.querySelector('input[value=dark]').click()")
    dark = background(page)
    assert dark != light, "dark is another colour"
    always(page, WIDE)
    page.open("odd")
    equal(background(page), dark, "the choice is kept")
    page.run("document.querySelector('input[value=auto]').click()")
    equal(background(page), light, "the system's choice")
    page.colours("dark")
    equal(background(page), dark, "the system's other choice")
    always(page, WIDE)
    page.run("document.querySelector('input[value=light]').click()")
    equal(background(page), light, "light although the system is dark")
    page.run("document.querySelector('input[value=auto]').click()")
    page.colours("light")


def use_the_keyboard_alone(page):
    page.open("odd")
    page.keys(Keys.TAB)
    equal(page.focused().text, "Skip to the places", "the first stop")
    for _ in range(12):
        page.keys(Keys.TAB)
        if "cell" in (page.focused().get_attribute("class") or ""):
            break
    first = page.focused().get_attribute("aria-label")
    assert "cell" in page.focused().get_attribute("class"), "the areas are a stop"
    page.keys(Keys.ARROW_RIGHT)
    if page.focused().get_attribute("aria-label") == first:
        page.keys(Keys.ARROW_DOWN)
    label = page.focused().get_attribute("aria-label")
    assert label and label != first, "an arrow goes to the next area"
    outline = page.run("return getComputedStyle(document.activeElement.querySelector('rect')).strokeWidth")
    equal(outline, "3px", "the focus is seen")
    page.keys(Keys.ENTER)
    equal(page.focused().get_attribute("id"), "detail", "Enter opens the place")
    assert page.text(".where").split(":")[0] in label, (page.text(".where"), label)
    page.run("document.getElementById('search').focus()")
    page.keys("r", "e", "t", "u", "r", "n", "e", "d")
    equal(page.text("#count"), "1 of 6 findings", "searched")
    for _ in range(6):
        page.keys(Keys.TAB)
    equal(page.focused().get_attribute("class"), "place", "the list is reached")
    page.keys(Keys.ENTER)
    assert "returned" in page.text(".verdict"), "chosen"
    page.one("#overview-details summary").send_keys(Keys.ENTER)
    equal(page.text("#overview-table caption"), "Places by reason", "the areas as a table")
    assert len(page.all("#overview-table tbody tr")) >= 4, "a row for each group"


def look_at_many(page):
    page.open("many")
    equal(page.text("#count"), "10,000 of 10,000 findings", "all of them")
    nodes = page.run("return document.querySelectorAll('*').length")
    assert nodes < 6000, f"{nodes} elements for 10,000 findings"
    ready = page.run("return performance.timing.loadEventEnd - performance.timing.navigationStart")
    assert ready < 30000, f"{ready} ms until it is there"
    equal(page.text("#page-of"), "1 of 200", "pages")
    page.one("#next").click()
    equal(page.text("#page-of"), "2 of 200", "the next page")
    equal(page.run("return document.getElementById('list').start"), 51, "numbers go on")
    took = page.run("const s = document.getElementById('search'), t = performance.now(); s.value = 'malloc(4711)';"
                    "s.dispatchEvent(new Event('input')); return performance.now() - t")
    equal(page.text("#count"), "1 of 10,000 findings", "one found")
    assert took < 3000, f"{took} ms for one letter of a search"
    page.one("#list button").click()
    assert "malloc(4711)" in page.text("#detail-title"), "and shown"
    number = int(page.text(".where").split(":")[1])
    shown = page.run("return document.querySelector('#source .line.here code').textContent")
    equal(shown.split("line ")[1].split(" ")[0], str(number), "its line")
    before = len(page.all("#source .line"))
    page.all("#source .more")[-1].click()
    assert len(page.all("#source .line")) > before, "later lines"
    cells = page.all("#treemap .cell")
    equal(len(cells), 4 * 90, "an area for each reason and file")
    label = cells[0].get_attribute("aria-label")
    page.run("arguments[0].dispatchEvent(new MouseEvent('click'))", cells[0])
    assert page.one("#reason").get_attribute("value") in label, "it narrows the list to its reason"
    equal(page.text("#count").split(" ")[0], re.search(r": (\d+) places", label).group(1), "and its file")
    always(page, WIDE)


def look_at_nothing(page):
    page.open("none")
    assert "names no allocation" in page.text("#treemap"), "no allocation at all"
    equal(page.text("#count"), "1 of 1 findings", "what there is")


def look_narrow(page):
    for name in ("odd", "many"):
        page.open(name, NARROW)
        always(page, NARROW)


def take_pictures(page):
    for name in ("odd", "many"):
        for scheme in ("light", "dark"):
            page.colours(scheme)
            for size, word in ((WIDE, "wide"), (NARROW, "narrow")):
                page.open(name, size)
                page.picture(f"{name}-{scheme}-{word}", size)


def main():
    with tempfile.TemporaryDirectory() as profile:
        driver = start(profile)
        try:
            page = Page(driver)
            for step in (look_at_odd_texts, filter_and_choose, read_a_flow, compare_two_runs, compare_classes_and_places, read_the_changes, switch_colours,
                         use_the_keyboard_alone, look_at_many, look_at_nothing, look_narrow):
                step(page)
                print(f"ok     {step.__name__}")
            if PICTURES:
                take_pictures(page)
        finally:
            driver.quit()


main()
