import type { Language } from './said.ts';
import { ENGLISH_WORDS } from './words-english.ts';
import { RUSSIAN_WORDS } from './words-russian.ts';

/**
 * What each built-in prompt says, in Russian and in English. Those with a dash at the end are followed by what `say` makes of
 * a value: "you are number", "twenty two", "in the queue".
 */
const PROMPTS: Readonly<Record<string, readonly [ru: string, en: string]>> = {
  greeting: ['Здравствуйте! Вы позвонили в нашу компанию.', 'Hello! Thank you for calling.'],
  'main-menu': [
    'Для соединения с отделом продаж нажмите один. Чтобы соединиться с сотрудником, наберите его внутренний номер. Или дождитесь ответа оператора.',
    'For sales, press one. If you know the extension, dial it now. Or hold the line for an operator.',
  ],
  closed: [
    'К сожалению, сейчас мы не работаем. Пожалуйста, перезвоните в рабочее время.',
    'Sorry, we are closed now. Please call again during working hours.',
  ],
  'call-is-recorded': ['Разговор записывается.', 'This call is recorded.'],
  'please-wait': ['Пожалуйста, подождите. Соединяю.', 'Please wait, connecting you now.'],
  unavailable: ['Абонент сейчас не может ответить.', 'The person you are calling is not available.'],
  busy: ['Абонент сейчас разговаривает.', 'The person you are calling is on another call.'],
  'no-such-number': ['Набран несуществующий номер.', 'The number that you have dialled does not exist.'],
  'call-not-allowed': ['Звонок на этот номер запрещён.', 'Calls to this number are not allowed.'],
  'try-later': ['Пожалуйста, позвоните позже.', 'Please call again later.'],
  'wrong-choice': ['Такого пункта нет.', 'There is no such choice.'],
  'nothing-chosen': ['Вы ничего не выбрали.', 'Nothing was chosen.'],
  'enter-extension': ['Введите внутренний номер.', 'Please enter the extension.'],
  goodbye: ['До свидания!', 'Goodbye!'],
  'queue-all-busy': [
    'Все операторы сейчас заняты. Пожалуйста, оставайтесь на линии.',
    'All our operators are busy. Please stay on the line.',
  ],
  'queue-you-are-': ['Вы', 'You are number'],
  'queue-in-line': ['в очереди.', 'in the queue.'],
  'queue-you-are-next': ['Вам ответит первый освободившийся оператор.', 'You are next. An operator will answer soon.'],
  'queue-wait-is-about-': ['Примерное время ожидания:', 'The wait is about'],
  'queue-wait-is-short': ['Время ожидания меньше минуты.', 'The wait is less than a minute.'],
  'queue-full': ['Очередь заполнена. Пожалуйста, позвоните позже.', 'The queue is full. Please call again later.'],
  'queue-press-one-to-leave': [
    'Чтобы не ждать, нажмите один, и мы вам перезвоним.',
    'Rather than wait, press one, and we will call you back.',
  ],
  'leave-message': [
    'Оставьте сообщение после сигнала. Чтобы закончить, положите трубку или нажмите решётку.',
    'Please leave a message after the tone. To finish, hang up or press hash.',
  ],
  'message-saved': ['Сообщение сохранено.', 'Your message was saved.'],
  'message-too-short': ['Сообщение слишком короткое.', 'Your message is too short.'],
  'mailbox-full': ['Почтовый ящик переполнен.', 'The mailbox is full.'],
  'no-messages': ['У вас нет новых сообщений.', 'You have no new messages.'],
  'new-messages-': ['Новых сообщений:', 'New messages:'],
  'enter-pin': ['Введите пин-код и нажмите решётку.', 'Please enter your PIN and press hash.'],
  'wrong-pin': ['Неверный пин-код.', 'That PIN is wrong.'],
  'conference-welcome': ['Вы вошли в конференцию.', 'You have joined the conference.'],
  'conference-first': [
    'Вы первый участник. Пожалуйста, подождите остальных.',
    'You are the first here. Please wait for the others.',
  ],
  'conference-people-': ['Участников в конференции:', 'People in the conference:'],
  'conference-joined': ['Новый участник вошёл.', 'Somebody has joined.'],
  'conference-left': ['Участник вышел.', 'Somebody has left.'],
  'conference-muted': ['Ваш микрофон выключен.', 'You are muted.'],
  'conference-unmuted': ['Ваш микрофон включён.', 'You are no longer muted.'],
  'conference-locked': ['Конференция закрыта для новых участников.', 'The conference is locked.'],
  'conference-full': ['В конференции нет свободных мест.', 'The conference is full.'],
  'conference-ended': ['Конференция окончена.', 'The conference has ended.'],
};

/** Names of the prompts that every switch has. */
export const BUILT_IN_PROMPTS: readonly string[] = Object.keys(PROMPTS);

/** What each recorded clip of a language says, by its name: prompts, and the words of `say`. */
export function recordedTexts(language: Language): ReadonlyMap<string, string> {
  const prompts = Object.entries(PROMPTS).map(([name, [ru, en]]): [string, string] => [
    name,
    language === 'ru' ? ru : en,
  ]);
  return new Map([...prompts, ...(language === 'ru' ? RUSSIAN_WORDS : ENGLISH_WORDS)]);
}
