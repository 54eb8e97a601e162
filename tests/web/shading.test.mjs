// egui's questions in every pixel, which software adapters pay for, are answered before the browser gets its shader.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { launch, missing, until } from "./browsers.mjs";
import { DIST, inBrowsers, running } from "./fixture.mjs";
import { serve } from "./server.mjs";

const QUESTIONS = [/\w\.predictable_texture_filtering\b/, /\w\.dithering\b/];

inBrowsers(["chromium-webgpu", "firefox-webgpu"], "shading", ({ open, test }) => {
  test("shaders in WGSL are handed on with the answer", async () => {
    const page = await open("#/vectors");
    const messages = await page.evaluate(async () => {
      // There are no such members: with a question in it this is no shader.
      const code = `struct Locals { answers: vec2<u32> }
        @group(0) @binding(0) var<storage, read_write> r_locals: Locals;
        @compute @workgroup_size(1) fn main() {
          r_locals.answers = vec2(r_locals.predictable_texture_filtering, r_locals.dithering);
        }`;
      const device = await (await navigator.gpu.requestAdapter()).requestDevice();
      const info = await device.createShaderModule({ code }).getCompilationInfo();
      device.destroy();
      return info.messages.map((message) => message.message);
    });
    assert.deepEqual(messages, []);
  });
});

inBrowsers(["chromium-nogpu", "firefox-nogpu", "webkit"], "shading", ({ open, test }) => {
  test("shaders in GLSL are handed on with the answer", async () => {
    const page = await open("#/vectors");
    const text = await page.evaluate(() => {
      const gl = document.createElement("canvas").getContext("webgl2");
      const shader = gl.createShader(gl.FRAGMENT_SHADER);
      gl.shaderSource(shader, "_group_0_binding_0_fs.predictable_texture_filtering + _group_0_binding_0_fs.dithering");
      return gl.getShaderSource(shader);
    });
    assert.equal(text, "0u + 0u");
  });
});

describe("shading of a new device", { skip: missing("chromium-webgpu") }, () => {
  test("egui still asks", async () => {
    const [server, browser] = [await serve(DIST), await launch("chromium-webgpu")];
    try {
      const page = await browser.open(`${server.url}#/vectors`);
      await running(page);
      await page.evaluate(() => {
        window.texts = [];
        const plain = GPUDevice.prototype.createShaderModule;
        GPUDevice.prototype.createShaderModule = function (descriptor) {
          window.texts.push(descriptor.code);
          return plain.call(this, descriptor);
        };
        document.getElementById("equiscope").addEventListener("equiscope:recovered", () => (window.recovered = true));
        equiscope.debug.loseDevice();
      });
      await until(() => page.evaluate(() => window.recovered));
      await running(page);
      const texts = await page.evaluate(() => window.texts);
      const asked = texts.some((text) => QUESTIONS.every((question) => question.test(text)));
      assert.ok(asked, "its shader has changed: look at platform/web/shading.rs");
    } finally {
      await browser.close();
      await server.close();
    }
  });
});
